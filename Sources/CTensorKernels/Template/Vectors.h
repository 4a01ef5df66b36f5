// A vector of LANES floats, and as many of them as are left at the end of a row.

typedef float vector __attribute__((vector_size(LANES * 4)));
typedef float loose_vector __attribute__((vector_size(LANES * 4), aligned(4)));
typedef int32_t integers __attribute__((vector_size(LANES * 4)));

#define INLINE static inline __attribute__((always_inline))

INLINE vector load(const float *from) { return *(const loose_vector *)from; }
INLINE void store(float *to, vector x) { *(loose_vector *)to = x; }
INLINE vector splat(float x) { return (vector){0} + x; }

/// The first where the condition holds in a lane, else the second.
INLINE vector choose(integers condition, vector first, vector second) {
  return (vector)((condition & (integers)first) | (~condition & (integers)second));
}

INLINE vector larger(vector x, vector y) { return choose(x > y, x, y); }

// The first `count` < LANES lanes; the others are read as 0 and not written.
#if LANES == 16
INLINE vector load_some(const float *from, long count) {
  return (vector)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), from);
}
INLINE void store_some(float *to, vector x, long count) {
  _mm512_mask_storeu_ps(to, (__mmask16)((1u << count) - 1), (__m512)x);
}
#elif LANES == 8
static const int32_t lane_mask[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};
INLINE vector load_some(const float *from, long count) {
  return (vector)_mm256_maskload_ps(from, _mm256_loadu_si256((const __m256i *)(lane_mask + 8 - count)));
}
INLINE void store_some(float *to, vector x, long count) {
  _mm256_maskstore_ps(to, _mm256_loadu_si256((const __m256i *)(lane_mask + 8 - count)), (__m256)x);
}
#else
INLINE vector load_some(const float *from, long count) {
  vector x = {0};
  for (long i = 0; i < count; i++) x[i] = from[i];
  return x;
}
INLINE void store_some(float *to, vector x, long count) {
  for (long i = 0; i < count; i++) to[i] = x[i];
}
#endif

/// The sum of all lanes, always in the same order.
INLINE float total(vector x) {
  float parts[LANES];
  store(parts, x);
  for (int half = LANES / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) parts[i] += parts[i + half];
  return parts[0];
}

INLINE float top(vector x) {
  float best = x[0];
  for (int i = 1; i < LANES; i++) best = x[i] > best ? x[i] : best;
  return best;
}

/// `body` for each vector of a row with its place `i` and how many of its lanes are `live`.
#define FOR_EACH_VECTOR(count, body)                            \
  {                                                             \
    long i = 0;                                                 \
    for (; i + LANES <= (count); i += LANES) {                  \
      enum { live = LANES };                                    \
      body                                                      \
    }                                                           \
    if (i < (count)) {                                          \
      const long live = (count)-i;                              \
      body                                                      \
    }                                                           \
  }
#define GET(from) (live == LANES ? load((from) + i) : load_some((from) + i, live))
#define PUT(to, x)                  \
  if (live == LANES)                \
    store((to) + i, x);             \
  else                              \
    store_some((to) + i, x, live)
