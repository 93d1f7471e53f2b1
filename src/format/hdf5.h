/* SPDX-License-Identifier: MIT */
/* Texts that stand as attributes at the root of an HDF5 file in memory. Data sets are never looked at. */
#ifndef NETIKZ_HDF5_H
#define NETIKZ_HDF5_H

#include "base/text.h"

typedef enum Hdf5Trouble {
    HDF5_FINE,
    HDF5_DAMAGED,    /* an address outside of the file, or a structure that is none */
    HDF5_MISSING,    /* the root has no such attribute */
    HDF5_ELSEWHERE   /* the attributes are stored in a way that is not read (dense, shared, or no text) */
} Hdf5Trouble;

bool hdf5_recognises(Str bytes);                                   /* begins like an HDF5 file */
Hdf5Trouble hdf5_root_text(Str bytes, Str name, Str *text);        /* the text: a view into the file */

#endif
