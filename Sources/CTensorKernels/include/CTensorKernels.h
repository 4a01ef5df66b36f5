#ifndef C_TENSOR_KERNELS_H
#define C_TENSOR_KERNELS_H

// What a plan is made of when it runs: instructions, each a kernel and the record that it reads.
// Lengths and strides count floats. Every buffer may be read 64 floats past its end.

#include <stdint.h>

#pragma clang assume_nonnull begin

/// Reads its record and computes. Returns 0, or 1 + the place of an index that is no row.
typedef long (*tensor_kernel)(const void *record);

typedef struct {
  tensor_kernel kernel;
  const void *record;
} tensor_instruction;

/// Runs instructions in turn, with numbers below the normal ones taken as zero.
///
/// Returns how many were completed: fewer than `count` where a kernel failed, with its answer in `failure`.
long tensor_run(const tensor_instruction *instructions, long count, long *failure);

/// Takes numbers below the normal ones as zero in this thread, and gives what was so before.
uint64_t tensor_flush_subnormals(void);
void tensor_restore_subnormals(uint64_t before);

// MARK: - Elementwise

typedef enum {
  TENSOR_COPY,
  TENSOR_FILL,
  TENSOR_NEGATE,
  TENSOR_EXPONENTIAL,
  TENSOR_LOGARITHM,
  TENSOR_SQUARE_ROOT,
  TENSOR_RECIPROCAL,
  TENSOR_TANH,
  TENSOR_SIGMOID,
  TENSOR_SOFTPLUS,
  TENSOR_RELU,
  TENSOR_ABSOLUTE,
  TENSOR_STEP,
  TENSOR_SIGN,
  TENSOR_ERROR_FUNCTION,
  TENSOR_GELU,
  TENSOR_GELU_SLOPE,
  TENSOR_SCALE,
  TENSOR_OFFSET,
  TENSOR_ADD,
  TENSOR_SUBTRACT,
  TENSOR_MULTIPLY,
  TENSOR_DIVIDE,
  TENSOR_MAXIMUM,
  TENSOR_MINIMUM,
  TENSOR_GREATER,
  /// x + s·y
  TENSOR_ADD_SCALED,
  /// x where y > 0, else 0
  TENSOR_MASKED,
  TENSOR_ELEMENTWISE_COUNT
} tensor_elementwise;

/// out = f(x, y; s), `count` numbers; functions of one operand do not read y. `out` is no operand.
typedef void (*tensor_elementwise_function)(
    float *out, const float *x, const float *y, float s, long count);

enum { TENSOR_AXES = 8, TENSOR_OPERANDS = 24, TENSOR_STEPS = 16, TENSOR_TILE = 512 };

/// One function of a chain; `x`, `y` and `out` number operands from 0 and results from TENSOR_OPERANDS.
typedef struct {
  tensor_elementwise_function function;
  int32_t x, y, out;
  float s;
} tensor_step;

typedef struct {
  const float *base;
  long strides[TENSOR_AXES];
} tensor_operand;

/// A chain of elementwise functions over `axes` axes, the last one innermost; each operand is read with
/// strides of its own, 0 where it repeats. The last step is written out.
typedef struct {
  long axes, operands, steps;
  long lengths[TENSOR_AXES];
  const tensor_operand *operand;
  const tensor_step *step;
  float *out;
  long strides[TENSOR_AXES];
} tensor_map;

// MARK: - Products

typedef enum { TENSOR_NOTHING, TENSOR_PLUS, TENSOR_TIMES, TENSOR_WHERE_POSITIVE } tensor_meeting;

/// C = relu(meet(scale·A·B + bias, other)), for each of up to three axes of matrices.
///
/// A is m × k with any strides; B is k × n with rows of unit stride or, transposed, columns of unit stride;
/// C is m × n with rows of unit stride, and `other` is laid out as C.
typedef struct {
  long m, n, k;
  const float *a;
  long a_row, a_column;
  const float *b;
  long b_stride;
  float *c;
  long c_row;
  long lengths[3], a_strides[3], b_strides[3], c_strides[3];
  const float *_Nullable bias;
  const float *_Nullable other;
  float scale;
  int32_t meeting, b_is_transposed, has_relu;
} tensor_product;

// MARK: - Rows

/// `rows` rows of `length` numbers: x, and where there are two, y.
typedef struct {
  float *out;
  const float *x, *y;
  long rows, length;
  float epsilon;
} tensor_rows;

/// out[o, i] = Σ_m x[o, m, i]
typedef struct {
  float *out;
  const float *x;
  long outer, middle, inner;
} tensor_sum;

/// Rows of `width` numbers taken from, or added up in, `count` rows by indices.
typedef struct {
  float *out;
  const float *x, *indices;
  long rows, width, count;
} tensor_pick;

/// 1/(1 − rate) for an element that stays, 0 for one that is dropped; `run` counts the runs.
typedef struct {
  float *out;
  long count;
  float rate;
  uint64_t seed;
  const uint64_t *run;
} tensor_keep;

// MARK: - Levels

typedef enum { TENSOR_GENERIC, TENSOR_AVX2, TENSOR_AVX512 } tensor_level;

/// The kernels of one instruction level.
typedef struct {
  const char *name;
  tensor_elementwise_function _Nonnull elementwise[TENSOR_ELEMENTWISE_COUNT];
  tensor_kernel map, product, sum, largest, softmax, softmax_gradient, log_softmax, normalize,
      normalize_gradient, gather, scatter, keep;

  /// Σ x²
  double (*sum_of_squares)(const float *x, long count);
  /// x += scale·y
  void (*accumulate)(float *x, const float *y, float scale, long count);
  /// Adam's step on gradients times `scale`: D. Kingma, J. Ba (2015), algorithm 1, with `rate` and `epsilon`
  /// corrected for the bias of the moments, and rests 1 − beta; what `decay` takes off the parameters is AdamW's.
  void (*adam)(float *parameters, const float *gradients, float *first, float *second, long count,
      float scale, float rate, float beta1, float rest1, float beta2, float rest2, float epsilon,
      float decay);
  /// v ← momentum·v + scale·g;  p ← (1 − decay)·p − rate·v
  void (*descend)(float *parameters, const float *gradients, float *velocity, long count, float scale,
      float rate, float momentum, float decay);
  /// Independent multiply-adds; returns how many FLOP they were.
  double (*multiply_adds)(long rounds, float *sink);
} tensor_kernels;

/// The kernels of a level, none where this processor cannot run it.
const tensor_kernels *_Nullable tensor_kernels_at(tensor_level level);

/// One function of a level.
tensor_elementwise_function tensor_function(const tensor_kernels *kernels, tensor_elementwise which);

#pragma clang assume_nonnull end
#endif
