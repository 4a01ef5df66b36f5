// Products of matrices: tiles of rows by two vectors of columns that stay in registers over a block of k.

#define UNROLLED _Pragma("clang loop unroll(full)")

enum { BLOCK = 512, PANEL = 2 * LANES };

/// What is done with the sums before they are written, beside where to.
typedef struct {
  float *c;
  long c_row;
  const float *bias, *other;
  float scale;
  int is_first, is_last, meeting, has_relu;
  /// Columns of the last vector that exist.
  long live;
} tile_end;

#define TILE(ROWS, VECTORS)                                                                              \
  static void tile_##ROWS##x##VECTORS(                                                                   \
      long k, const float *a, long a_row, long a_column, const float *b, long b_row, const tile_end *end) { \
    vector sum[ROWS][VECTORS];                                                                           \
    UNROLLED for (int i = 0; i < ROWS; i++) UNROLLED for (int j = 0; j < VECTORS; j++) sum[i][j] = (vector){0}; \
    for (long p = 0; p < k; p++) {                                                                       \
      vector row[VECTORS];                                                                               \
      UNROLLED for (int j = 0; j < VECTORS; j++) row[j] = load(b + p * b_row + j * LANES);               \
      UNROLLED for (int i = 0; i < ROWS; i++) {                                                          \
        const float left = a[i * a_row + p * a_column];                                                  \
        UNROLLED for (int j = 0; j < VECTORS; j++) sum[i][j] += left * row[j];                           \
      }                                                                                                  \
    }                                                                                                    \
    UNROLLED for (int i = 0; i < ROWS; i++) {                                                            \
      float *c = end->c + i * end->c_row;                                                                \
      UNROLLED for (int j = 0; j < VECTORS; j++) {                                                       \
        vector x = sum[i][j];                                                                            \
        if (!end->is_first) x += load(c + j * LANES);                                                    \
        if (end->is_last) x = finished(x, end, i * end->c_row + j * LANES, j * LANES);                   \
        if (j + 1 < VECTORS || end->live == LANES)                                                       \
          store(c + j * LANES, x);                                                                       \
        else                                                                                             \
          store_some(c + j * LANES, x, end->live);                                                       \
      }                                                                                                  \
    }                                                                                                    \
  }

INLINE vector finished(vector x, const tile_end *end, long place, long column) {
  x *= end->scale;
  if (end->bias) x += load(end->bias + column);
  if (end->other) {
    const vector y = load(end->other + place);
    if (end->meeting == TENSOR_PLUS) x += y;
    if (end->meeting == TENSOR_TIMES) x *= y;
    if (end->meeting == TENSOR_WHERE_POSITIVE) x = choose(y > 0, x, splat(0));
  }
  return end->has_relu ? relu(x) : x;
}

typedef void (*tile)(long, const float *, long, long, const float *, long, const tile_end *);

#define TILE_NAME(ROWS, VECTORS) tile_##ROWS##x##VECTORS,
#define UP_TO_6(DO, VECTORS) \
  DO(1, VECTORS) DO(2, VECTORS) DO(3, VECTORS) DO(4, VECTORS) DO(5, VECTORS) DO(6, VECTORS)
#if TILE_ROWS == 12
#define FOR_EACH_TILE(DO, VECTORS)                                                                 \
  UP_TO_6(DO, VECTORS)                                                                             \
  DO(7, VECTORS) DO(8, VECTORS) DO(9, VECTORS) DO(10, VECTORS) DO(11, VECTORS) DO(12, VECTORS)
#else
#define FOR_EACH_TILE(DO, VECTORS) UP_TO_6(DO, VECTORS)
#endif
FOR_EACH_TILE(TILE, 1)
FOR_EACH_TILE(TILE, 2)
static const tile tiles[2][TILE_ROWS] = {{FOR_EACH_TILE(TILE_NAME, 1)}, {FOR_EACH_TILE(TILE_NAME, 2)}};

/// Columns of a transposed B side by side: to[p·PANEL + j] = from[j·stride + p]; missing ones stay as they are.
static void pack_transposed(float *restrict to, const float *from, long stride, long columns, long k) {
  long j = 0;
  for (; j + 4 <= columns; j += 4) {
    const float *a = from + j * stride, *b = a + stride, *c = b + stride, *d = c + stride;
    long p = 0;
    for (; p + 4 <= k; p += 4) {
      typedef float four __attribute__((vector_size(16)));
      typedef float loose_four __attribute__((vector_size(16), aligned(4)));
      const four r0 = *(const loose_four *)(a + p), r1 = *(const loose_four *)(b + p),
                 r2 = *(const loose_four *)(c + p), r3 = *(const loose_four *)(d + p);
      const four t0 = __builtin_shufflevector(r0, r1, 0, 4, 1, 5), t1 = __builtin_shufflevector(r2, r3, 0, 4, 1, 5);
      const four t2 = __builtin_shufflevector(r0, r1, 2, 6, 3, 7), t3 = __builtin_shufflevector(r2, r3, 2, 6, 3, 7);
      float *out = to + p * PANEL + j;
      *(loose_four *)out = __builtin_shufflevector(t0, t1, 0, 1, 4, 5);
      *(loose_four *)(out + PANEL) = __builtin_shufflevector(t0, t1, 2, 3, 6, 7);
      *(loose_four *)(out + 2 * PANEL) = __builtin_shufflevector(t2, t3, 0, 1, 4, 5);
      *(loose_four *)(out + 3 * PANEL) = __builtin_shufflevector(t2, t3, 2, 3, 6, 7);
    }
    for (; p < k; p++) {
      float *out = to + p * PANEL + j;
      out[0] = a[p];
      out[1] = b[p];
      out[2] = c[p];
      out[3] = d[p];
    }
  }
  for (; j < columns; j++)
    for (long p = 0; p < k; p++) to[p * PANEL + j] = from[j * stride + p];
}

static void pack(float *restrict to, const float *from, long stride, long vectors, long k) {
  for (long p = 0; p < k; p++)
    for (long j = 0; j < vectors; j++) store(to + p * PANEL + j * LANES, load(from + p * stride + j * LANES));
}

/// One column: sums of products of rows.
static void multiply_column(const tensor_product *r, const float *a, const float *b, float *c, const float *other) {
  const long b_step = r->b_is_transposed ? 1 : r->b_stride;
  for (long i = 0; i < r->m; i++) {
    const float *row = a + i * r->a_row;
    float sum = 0;
    if (r->a_column == 1 && b_step == 1) {
      vector s0 = {0}, s1 = {0};
      long p = 0;
      for (; p + 2 * LANES <= r->k; p += 2 * LANES) {
        s0 += load(row + p) * load(b + p);
        s1 += load(row + p + LANES) * load(b + p + LANES);
      }
      for (; p + LANES <= r->k; p += LANES) s0 += load(row + p) * load(b + p);
      if (p < r->k) s1 += load_some(row + p, r->k - p) * load_some(b + p, r->k - p);
      sum = total(s0 + s1);
    } else {
      for (long p = 0; p < r->k; p++) sum += row[p * r->a_column] * b[p * b_step];
    }
    const tile_end end = {.bias = r->bias, .other = other, .scale = r->scale, .meeting = r->meeting, .has_relu = r->has_relu};
    c[i * r->c_row] = finished(splat(sum), &end, i * r->c_row, 0)[0];
  }
}

static void multiply(const tensor_product *r, const float *a, const float *b, float *c, const float *other) {
  if (r->n == 1) {
    multiply_column(r, a, b, c, other);
    return;
  }
  float panel[BLOCK * PANEL] __attribute__((aligned(64)));
  for (long p0 = 0; p0 < r->k; p0 += BLOCK) {
    const long k = r->k - p0 < BLOCK ? r->k - p0 : BLOCK;
    tile_end end = {.c_row = r->c_row, .scale = r->scale, .is_first = p0 == 0, .is_last = p0 + k == r->k,
        .meeting = r->meeting, .has_relu = r->has_relu};
    for (long j = 0; j < r->n; j += PANEL) {
      const long columns = r->n - j < PANEL ? r->n - j : PANEL;
      const long vectors = columns > LANES ? 2 : 1;
      end.live = columns - (vectors - 1) * LANES;
      const float *right = panel;
      long right_row = PANEL;
      if (r->b_is_transposed) {
        pack_transposed(panel, b + j * r->b_stride + p0, r->b_stride, columns, k);
      } else if (r->m > 3 * TILE_ROWS && r->b_stride > PANEL) {
        // Rows far apart share few places of the cache; worth a copy where it is read often.
        pack(panel, b + p0 * r->b_stride + j, r->b_stride, vectors, k);
      } else {
        right = b + p0 * r->b_stride + j;
        right_row = r->b_stride;
      }
      end.bias = r->bias ? r->bias + j : 0;
      for (long i = 0; i < r->m;) {
        const long left = r->m - i;
        // The last two tiles share what is left.
        const long rows = left <= TILE_ROWS ? left : left < 2 * TILE_ROWS ? (left + 1) / 2 : TILE_ROWS;
        end.c = c + i * r->c_row + j;
        end.other = other ? other + i * r->c_row + j : 0;
        tiles[vectors - 1][rows - 1](
            k, a + i * r->a_row + p0 * r->a_column, r->a_row, r->a_column, right, right_row, &end);
        i += rows;
      }
    }
  }
}

static long product(const void *record) {
  const tensor_product *r = record;
  for (long x = 0; x < r->lengths[0]; x++)
    for (long y = 0; y < r->lengths[1]; y++)
      for (long z = 0; z < r->lengths[2]; z++) {
        const long c = x * r->c_strides[0] + y * r->c_strides[1] + z * r->c_strides[2];
        multiply(r, r->a + x * r->a_strides[0] + y * r->a_strides[1] + z * r->a_strides[2],
            r->b + x * r->b_strides[0] + y * r->b_strides[1] + z * r->b_strides[2], r->c + c,
            r->other ? r->other + c : 0);
      }
  return 0;
}
