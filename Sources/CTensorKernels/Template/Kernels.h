// All kernels of one level. The file that includes this sets LANES, the floats of a vector, and TILE_ROWS, the
// rows of a product's tile, which with two vectors of columns fill the registers.

#include "Vectors.h"
#include "Functions.h"
#include "Elementwise.h"
#include "Product.h"
#include "Rows.h"
#include "Training.h"

#define KERNELS(level)                                                                                 \
  {                                                                                                    \
    .name = level,                                                                                     \
    .elementwise =                                                                                     \
        {[TENSOR_COPY] = each_copy, [TENSOR_FILL] = each_fill, [TENSOR_NEGATE] = each_negate,          \
            [TENSOR_EXPONENTIAL] = each_exponential, [TENSOR_LOGARITHM] = each_logarithm,              \
            [TENSOR_SQUARE_ROOT] = each_square_root, [TENSOR_RECIPROCAL] = each_reciprocal,            \
            [TENSOR_TANH] = each_tanh, [TENSOR_SIGMOID] = each_sigmoid,                                \
            [TENSOR_SOFTPLUS] = each_softplus, [TENSOR_RELU] = each_relu,                              \
            [TENSOR_ABSOLUTE] = each_absolute, [TENSOR_STEP] = each_step, [TENSOR_SIGN] = each_sign,   \
            [TENSOR_ERROR_FUNCTION] = each_error_function, [TENSOR_GELU] = each_gelu,                  \
            [TENSOR_GELU_SLOPE] = each_gelu_slope, [TENSOR_SCALE] = each_scale,                        \
            [TENSOR_OFFSET] = each_offset, [TENSOR_ADD] = each_add, [TENSOR_SUBTRACT] = each_subtract, \
            [TENSOR_MULTIPLY] = each_multiply, [TENSOR_DIVIDE] = each_divide,                          \
            [TENSOR_MAXIMUM] = each_maximum, [TENSOR_MINIMUM] = each_minimum,                          \
            [TENSOR_GREATER] = each_greater, [TENSOR_ADD_SCALED] = each_add_scaled,                    \
            [TENSOR_MASKED] = each_masked},                                                            \
    .map = map, .product = product, .sum = sum, .largest = largest, .softmax = softmax,                \
    .softmax_gradient = softmax_gradient, .log_softmax = log_softmax, .normalize = normalize,          \
    .normalize_gradient = normalize_gradient, .gather = gather, .scatter = scatter, .keep = keep,      \
    .sum_of_squares = sum_of_squares, .accumulate = accumulate, .adam = adam, .descend = descend,      \
    .multiply_adds = multiply_adds                                                                     \
  }
