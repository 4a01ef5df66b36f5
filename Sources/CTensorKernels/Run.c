#include "Levels.h"

long tensor_run(const tensor_instruction *instructions, long count, long *failure) {
  const uint64_t before = tensor_flush_subnormals();
  long done = 0;
  for (; done < count; done++) {
    *failure = instructions[done].kernel(instructions[done].record);
    if (*failure) break;
  }
  tensor_restore_subnormals(before);
  return done;
}

uint64_t tensor_flush_subnormals(void) {
#if defined(__x86_64__)
  const uint32_t before = _mm_getcsr();
  _mm_setcsr(before | 0x8040);  // results and operands
  return before;
#elif defined(__aarch64__)
  uint64_t before;
  __asm__ volatile("mrs %0, fpcr" : "=r"(before));
  __asm__ volatile("msr fpcr, %0" : : "r"(before | (1ull << 24)));
  return before;
#else
  return 0;
#endif
}

void tensor_restore_subnormals(uint64_t before) {
#if defined(__x86_64__)
  _mm_setcsr((uint32_t)before);
#elif defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" : : "r"(before));
#endif
}

const tensor_kernels *tensor_kernels_at(tensor_level level) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (level == TENSOR_AVX512)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")
            && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw")
        ? &tensor_kernels_avx512
        : 0;
  if (level == TENSOR_AVX2)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &tensor_kernels_avx2 : 0;
#endif
  return level == TENSOR_GENERIC ? &tensor_kernels_generic : 0;
}

tensor_elementwise_function tensor_function(const tensor_kernels *kernels, tensor_elementwise which) {
  return kernels->elementwise[which];
}
