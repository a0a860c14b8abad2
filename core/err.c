/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of the error list. A file of its own, so that only programs that print them carry them. */
#include "asl_err.h"

#define NAME_CASE(name, number, text, hint)                                                        \
    case ASL_ERR_##name:                                                                           \
        return "ASL_ERR_" #name;
#define TEXT_CASE(name, number, text, hint)                                                        \
    case ASL_ERR_##name:                                                                           \
        return text;
#define HINT_CASE(name, number, text, hint)                                                        \
    case ASL_ERR_##name:                                                                           \
        return hint;

const char *asl_err_name(enum asl_err err)
{
    switch (err) {
    case ASL_OK:
        return "ASL_OK";
        ASL_ERR_LIST(NAME_CASE)
    }
    return "ASL_ERR_?";
}

const char *asl_err_text(enum asl_err err)
{
    switch (err) {
    case ASL_OK:
        return "no error";
        ASL_ERR_LIST(TEXT_CASE)
    }
    return "unknown error";
}

const char *asl_err_hint(enum asl_err err)
{
    switch (err) {
    case ASL_OK:
        return "";
        ASL_ERR_LIST(HINT_CASE)
    }
    return "";
}
