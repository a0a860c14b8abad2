/* SPDX-License-Identifier: Apache-2.0 */
/* See peer_rand.h: a provider with one random generator, which the context then uses for all. It
 * has no notion of processes, so that a forked peer goes on with the same numbers. */
#include "peer_rand.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

#define PROVIDER    "vb-peer"
#define GENERATOR   "VB-PEER-RAND"
#define STRENGTH    256u
#define REQUEST_MAX 65536u

/* An instance is the stream itself: OpenSSL makes three, all draw from the one. */
static void *new_instance(void *provider, void *parent, const OSSL_DISPATCH *parent_calls)
{
    (void)parent;
    (void)parent_calls;
    return provider;
}

static void free_instance(void *instance)
{
    (void)instance;
}

static int instantiate(void *instance, unsigned strength, int prediction,
                       const unsigned char *person, size_t person_len, const OSSL_PARAM params[])
{
    (void)instance;
    (void)prediction;
    (void)person;
    (void)person_len;
    (void)params;
    return strength <= STRENGTH;
}

static int uninstantiate(void *instance)
{
    (void)instance;
    return 1;
}

static int generate(void *instance, unsigned char *out, size_t len, unsigned strength,
                    int prediction, const unsigned char *extra, size_t extra_len)
{
    uint64_t word = 0;
    (void)strength;
    (void)prediction;
    (void)extra;
    (void)extra_len;
    for (size_t i = 0; i < len; i++, word >>= 8) {
        if (i % 8 == 0) {
            word = vb_rng_next(instance);
        }
        out[i] = (unsigned char)word;
    }
    return 1;
}

static int enable_locking(void *instance)
{
    (void)instance;
    return 1;
}

static int get_params(void *instance, OSSL_PARAM params[])
{
    (void)instance;
    OSSL_PARAM *p = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_STATE);
    if (p != NULL && !OSSL_PARAM_set_int(p, EVP_RAND_STATE_READY)) {
        return 0;
    }
    p = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_STRENGTH);
    if (p != NULL && !OSSL_PARAM_set_uint(p, STRENGTH)) {
        return 0;
    }
    p = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_MAX_REQUEST);
    return p == NULL || OSSL_PARAM_set_size_t(p, REQUEST_MAX);
}

static const OSSL_DISPATCH generator_calls[] = {
    {OSSL_FUNC_RAND_NEWCTX, (void (*)(void))new_instance},
    {OSSL_FUNC_RAND_FREECTX, (void (*)(void))free_instance},
    {OSSL_FUNC_RAND_INSTANTIATE, (void (*)(void))instantiate},
    {OSSL_FUNC_RAND_UNINSTANTIATE, (void (*)(void))uninstantiate},
    {OSSL_FUNC_RAND_GENERATE, (void (*)(void))generate},
    {OSSL_FUNC_RAND_ENABLE_LOCKING, (void (*)(void))enable_locking},
    {OSSL_FUNC_RAND_GET_CTX_PARAMS, (void (*)(void))get_params},
    {0, NULL},
};

static const OSSL_ALGORITHM generators[] = {
    {GENERATOR, "provider=" PROVIDER, generator_calls, "repeats from a seed"},
    {NULL, NULL, NULL, NULL},
};

static const OSSL_ALGORITHM *query(void *provider, int operation, int *no_cache)
{
    (void)provider;
    *no_cache = 0;
    return operation == OSSL_OP_RAND ? generators : NULL;
}

static const OSSL_DISPATCH provider_calls[] = {
    {OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))query},
    {0, NULL},
};

/* OpenSSL starts a provider without an argument of ours: the stream waits here meanwhile. */
static struct vb_rng *stream_of_next_provider;

static int start_provider(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in,
                          const OSSL_DISPATCH **out, void **provider)
{
    (void)handle;
    (void)in;
    *out = provider_calls;
    *provider = stream_of_next_provider;
    return 1;
}

bool vb_peer_rand_open(struct vb_peer_rand *rand, struct vb_rng *rng)
{
    *rand = (struct vb_peer_rand){.library = OSSL_LIB_CTX_new()};
    stream_of_next_provider = rng;
    if (rand->library != NULL &&
        OSSL_PROVIDER_add_builtin(rand->library, PROVIDER, start_provider)) {
        rand->own = OSSL_PROVIDER_load(rand->library, PROVIDER);
        rand->standard = OSSL_PROVIDER_load(rand->library, "default");
    }
    bool ok = rand->own != NULL && rand->standard != NULL &&
              RAND_set_DRBG_type(rand->library, GENERATOR, NULL, NULL, NULL);
    if (!ok) {
        vb_peer_rand_close(rand);
    }
    return ok;
}

void vb_peer_rand_close(struct vb_peer_rand *rand)
{
    if (rand->own != NULL) {
        OSSL_PROVIDER_unload(rand->own);
    }
    if (rand->standard != NULL) {
        OSSL_PROVIDER_unload(rand->standard);
    }
    OSSL_LIB_CTX_free(rand->library);
    *rand = (struct vb_peer_rand){NULL, NULL, NULL};
}
