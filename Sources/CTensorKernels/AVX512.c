#include "Levels.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx2,fma"))), apply_to = function)
#define LANES 16
#define TILE_ROWS 12
#include "Template/Kernels.h"
#pragma clang attribute pop

const tensor_kernels tensor_kernels_avx512 = KERNELS("AVX-512");
#endif
