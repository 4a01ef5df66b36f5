#ifndef PERFMODEL_CZLIB_SHIM_H
#define PERFMODEL_CZLIB_SHIM_H

#include <zlib.h>

/* inflateInit2 and deflateInit2 are macros that pass the header's version along. */
static inline int perfmodel_inflate_init_gzip(z_stream *stream) {
  return inflateInit2(stream, 15 + 16);
}
static inline int perfmodel_deflate_init_gzip(z_stream *stream, int level) {
  return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

#endif
