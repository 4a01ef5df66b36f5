#ifndef PERFMODEL_CLAPACKE_SHIM_H
#define PERFMODEL_CLAPACKE_SHIM_H

#include <cblas.h>
#include <lapacke.h>
#include <stdlib.h>

#pragma clang assume_nonnull begin

/* `lapack_int` is a macro in some builds; a typedef is what Swift can import. */
typedef lapack_int perfmodel_lapack_int;

/* OpenBLAS chooses its kernels ("core") when it is loaded. With DYNAMIC_ARCH builds the choice can
   be made again by these two functions. They are weak because other builds do not have them. */
extern void gotoblas_dynamic_init(void) __attribute__((weak));
extern void gotoblas_dynamic_quit(void) __attribute__((weak));

static inline int perfmodel_blas_can_choose_core(void) {
  return gotoblas_dynamic_init != 0 && gotoblas_dynamic_quit != 0;
}

/* Selects the kernels named `core` (an OPENBLAS_CORETYPE). Only before other threads use BLAS. */
static inline void perfmodel_blas_choose_core(const char *core) {
  if (!perfmodel_blas_can_choose_core()) return;
  setenv("OPENBLAS_CORETYPE", core, 1);
  gotoblas_dynamic_quit();
  gotoblas_dynamic_init();
}

static inline int perfmodel_cpu_has_avx2(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return 0;
#endif
}

static inline int perfmodel_cpu_has_avx512(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
  return 0;
#endif
}

#pragma clang assume_nonnull end
#endif
