#ifndef PERFMODEL_CHDF5_SHIM_H
#define PERFMODEL_CHDF5_SHIM_H

#include <hdf5.h>

#endif
