#include "Levels.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define LANES 8
#define TILE_ROWS 6
#include "Template/Kernels.h"
#pragma clang attribute pop

const tensor_kernels tensor_kernels_avx2 = KERNELS("AVX2");
#endif
