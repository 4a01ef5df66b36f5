// The kernels of each level that this processor's family has.

#include "CTensorKernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
extern const tensor_kernels tensor_kernels_avx2, tensor_kernels_avx512;
#endif
extern const tensor_kernels tensor_kernels_generic;

#pragma clang fp contract(fast)
