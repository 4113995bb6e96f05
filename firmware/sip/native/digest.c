/* The digest's arithmetic (RFC 7616 3.4.1, RFC 8760) and the accounts that it is checked against. Only HA1 is known
 * here, never a password.
 */
#include "guard.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

struct accounts {
    unsigned count, room, buckets;
    struct fx_account *account;
    int *bucket; /* index of the first account, -1 = none */
    int *chain;
};

static struct accounts *accounts, *next_accounts;
static const EVP_MD *algorithms[2];
static EVP_MD_CTX *context;

void fx_hex(const uint8_t *bytes, size_t count, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < count; i++) {
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
    *out = '\0';
}

void fx_digest_init(void)
{
    if (context != NULL)
        return;
    context = EVP_MD_CTX_new();
    algorithms[0] = EVP_MD_fetch(NULL, "MD5", NULL);
    algorithms[1] = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (context == NULL || algorithms[0] == NULL || algorithms[1] == NULL)
        abort();
    fx_nonce_init();
}

bool fx_same_text(const char *a, const char *b, size_t length)
{
    return CRYPTO_memcmp(a, b, length) == 0;
}

/* Hash of the parts with a colon between them, as hex. */
static void hash_parts(int algorithm, const pj_str_t *const *parts, unsigned count, char out[65])
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned size = 0;

    EVP_DigestInit_ex(context, algorithms[algorithm], NULL);
    for (unsigned i = 0; i < count; i++) {
        if (i > 0)
            EVP_DigestUpdate(context, ":", 1);
        EVP_DigestUpdate(context, parts[i]->ptr, (size_t)parts[i]->slen);
    }
    EVP_DigestFinal_ex(context, hash, &size);
    fx_hex(hash, size, out);
}

void fx_digest_response(int algorithm, const char *ha1_text, const pj_str_t *method,
                        const pjsip_digest_credential *credential, char out[65])
{
    char ha2_text[65];
    pj_str_t ha1 = pj_str((char *)ha1_text), ha2;
    const pj_str_t *parts2[] = {method, &credential->uri};
    const pj_str_t *with_qop[] = {&ha1,           &credential->nonce, &credential->nc, &credential->cnonce,
                                  &credential->qop, &ha2};
    const pj_str_t *without[] = {&ha1, &credential->nonce, &ha2};

    hash_parts(algorithm, parts2, 2, ha2_text);
    ha2 = pj_str(ha2_text);
    if (credential->qop.slen > 0)
        hash_parts(algorithm, with_qop, 6, out);
    else
        hash_parts(algorithm, without, 3, out);
}

int fx_digest(int algorithm, const char *ha1, const char *method, const char *uri, const char *nonce, const char *nc,
              const char *cnonce, const char *qop, char *out)
{
    pj_str_t method_text = pj_str((char *)method);
    pjsip_digest_credential credential = {
        .uri = pj_str((char *)uri),       .nonce = pj_str((char *)nonce), .nc = pj_str((char *)nc),
        .cnonce = pj_str((char *)cnonce), .qop = pj_str((char *)qop),
    };

    if (algorithm != 0 && algorithm != 1)
        return -1;
    fx_digest_init();
    fx_digest_response(algorithm, ha1, &method_text, &credential, out);
    return 0;
}

static void accounts_free(struct accounts *list)
{
    if (list == NULL)
        return;
    for (unsigned i = 0; i < list->count; i++)
        fx_nets_free(&list->account[i].networks);
    OPENSSL_cleanse(list->account, list->count * sizeof(*list->account));
    free(list->account);
    free(list->bucket);
    free(list->chain);
    free(list);
}

void fx_accounts_begin(void)
{
    accounts_free(next_accounts);
    next_accounts = calloc(1, sizeof(*next_accounts));
}

static bool is_hex(const char *text, size_t length)
{
    return strlen(text) == length && strspn(text, "0123456789abcdef") == length;
}

int fx_accounts_add(const char *username, const char *ha1_md5, const char *ha1_sha256, int enabled,
                    uint32_t transports, const char *networks)
{
    struct accounts *list = next_accounts;
    struct fx_account *account;

    if (list == NULL || strlen(username) >= FX_NAME_MAX || !is_hex(ha1_md5, 32) || !is_hex(ha1_sha256, 64))
        return -1;
    if (list->count == list->room) {
        unsigned room = list->room * 2 + 16;
        struct fx_account *grown = realloc(list->account, room * sizeof(*grown));

        if (grown == NULL)
            return -1;
        list->account = grown;
        list->room = room;
    }
    account = &list->account[list->count];
    memset(account, 0, sizeof(*account));
    if (!fx_nets_parse(networks, &account->networks))
        return -1;
    strcpy(account->username, username);
    strcpy(account->ha1[0], ha1_md5);
    strcpy(account->ha1[1], ha1_sha256);
    account->enabled = enabled != 0;
    account->transports = transports;
    list->count++;
    return 0;
}

void fx_accounts_commit(void)
{
    struct accounts *list = next_accounts;

    if (list == NULL)
        return;
    list->buckets = list->count * 2 + 1;
    list->bucket = malloc(list->buckets * sizeof(int));
    list->chain = malloc((list->count + 1) * sizeof(int));
    if (list->bucket == NULL || list->chain == NULL)
        abort();
    memset(list->bucket, 0xff, list->buckets * sizeof(int));
    for (unsigned i = 0; i < list->count; i++) {
        const char *name = list->account[i].username;
        int *bucket = &list->bucket[fx_hash(name, strlen(name)) % list->buckets];

        list->chain[i] = *bucket;
        *bucket = (int)i;
    }
    accounts_free(accounts);
    accounts = list;
    next_accounts = NULL;
}

const struct fx_account *fx_account_find(const char *username)
{
    int at = -1;

    if (accounts != NULL)
        at = accounts->bucket[fx_hash(username, strlen(username)) % accounts->buckets];
    while (at >= 0 && strcmp(accounts->account[at].username, username) != 0)
        at = accounts->chain[at];
    return at < 0 ? NULL : &accounts->account[at];
}
