#ifndef PERFMODEL_CHDF5_SHIM_H
#define PERFMODEL_CHDF5_SHIM_H

#include <hdf5.h>

/* The H5T_ and H5P_ names are macros that open the library and read a global: functions can be
   imported, macros cannot. */
#define PERFMODEL_ID(name, value) \
  static inline hid_t perfmodel_##name(void) { return value; }

PERFMODEL_ID(native_double, H5T_NATIVE_DOUBLE)
PERFMODEL_ID(native_int32, H5T_NATIVE_INT32)
PERFMODEL_ID(ieee_f64le, H5T_IEEE_F64LE)
PERFMODEL_ID(std_i32le, H5T_STD_I32LE)
PERFMODEL_ID(c_string, H5T_C_S1)
PERFMODEL_ID(dataset_create, H5P_DATASET_CREATE)
PERFMODEL_ID(file_access, H5P_FILE_ACCESS)
PERFMODEL_ID(link_create, H5P_LINK_CREATE)
PERFMODEL_ID(error_stack, H5E_DEFAULT)

static inline size_t perfmodel_variable_length(void) { return H5T_VARIABLE; }

static inline unsigned perfmodel_truncate(void) { return H5F_ACC_TRUNC; }

#endif
