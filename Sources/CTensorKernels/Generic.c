#include "Levels.h"

#define LANES 4
#define TILE_ROWS 6
#include "Template/Kernels.h"

const tensor_kernels tensor_kernels_generic = KERNELS("generic");
