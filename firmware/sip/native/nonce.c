/* Stateless nonces, and the memory of which were used how often.
 *
 * A nonce is base64 of time (4 bytes), a random number (6) and the first 14 bytes of HMAC-SHA-256 over both and the
 * source address: 32 characters. Nothing is kept for a challenge. After a success the nonce count is kept (RFC 7616
 * 3.4) for the last 4,096 nonces; a nonce that may have been forgotten is no longer good.
 */
#include "guard.h"

#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#define NONCES 4096
#define BYTES 24
#define SIGNED 10 /* time and random */
#define WINDOW 32

struct used {
    uint32_t issued_s;
    uint32_t highest;  /* nonce count */
    uint32_t window;   /* bit i: highest - i was used */
    uint32_t last;     /* the nonce count of `request` */
    uint64_t request;
};

static EVP_MAC_CTX *mac; /* HMAC-SHA-256 with a key of this process */
static struct fx_table *used;
static uint32_t forgotten_s; /* nonces issued until then may have been forgotten */

static void forget(const void *value)
{
    const struct used *row = value;

    forgotten_s = PJ_MAX(forgotten_s, row->issued_s);
}

static EVP_MAC_CTX *make_mac(void)
{
    EVP_MAC *algorithm = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *made = EVP_MAC_CTX_new(algorithm);
    OSSL_PARAM hash[] = {OSSL_PARAM_construct_utf8_string("digest", "SHA256", 0), OSSL_PARAM_construct_end()};
    uint8_t key[32];

    EVP_MAC_free(algorithm);
    if (made == NULL || RAND_bytes(key, sizeof(key)) != 1 || EVP_MAC_init(made, key, sizeof(key), hash) != 1)
        return NULL;
    return made;
}

void fx_nonce_init(void)
{
    if (used != NULL)
        return;
    used = fx_table_create(NONCES, sizeof(struct used), forget);
    mac = make_mac();
    if (mac == NULL)
        abort();
}

static void sign(const void *a, size_t a_size, const void *b, size_t b_size, uint8_t out[32])
{
    size_t size;

    /* Without a key: the one that it has. */
    if (EVP_MAC_init(mac, NULL, 0, NULL) != 1 || EVP_MAC_update(mac, a, a_size) != 1 ||
        EVP_MAC_update(mac, b, b_size) != 1 || EVP_MAC_final(mac, out, &size, 32) != 1)
        abort();
}

/* HA1 of a user who does not exist: always the same one, and as costly to find as that of one who does. */
void fx_decoy(const char *username, char ha1[2][65])
{
    uint8_t signature[32];

    sign("user:", 5, username, strlen(username), signature);
    fx_hex(signature, 16, ha1[0]);
    fx_hex(signature, 32, ha1[1]);
}

static uint32_t now_s(void)
{
    return (uint32_t)(fx_now_ms() / 1000) + 1;
}

void fx_nonce_make(const struct fx_ip *ip, char out[FX_NONCE + 1])
{
    uint8_t nonce[BYTES], signature[32];
    uint32_t issued_s = now_s();

    memcpy(nonce, &issued_s, sizeof(issued_s));
    if (RAND_bytes(nonce + sizeof(issued_s), SIGNED - sizeof(issued_s)) != 1)
        abort();
    sign(nonce, SIGNED, ip->b, sizeof(ip->b), signature);
    memcpy(nonce + SIGNED, signature, BYTES - SIGNED);
    EVP_EncodeBlock((uint8_t *)out, nonce, BYTES);
}

static bool decode(const char *text, size_t length, uint8_t out[BYTES])
{
    return length == FX_NONCE && EVP_DecodeBlock(out, (const uint8_t *)text, FX_NONCE) == BYTES;
}

bool fx_nonce_good(const char *text, size_t length, const struct fx_ip *ip)
{
    uint8_t nonce[BYTES], signature[32];
    uint32_t issued_s;

    if (!decode(text, length, nonce))
        return false;
    sign(nonce, SIGNED, ip->b, sizeof(ip->b), signature);
    memcpy(&issued_s, nonce, sizeof(issued_s));
    return fx_same_text((char *)signature, (char *)nonce + SIGNED, BYTES - SIGNED) &&
           now_s() - issued_s < fx_limits.nonce_s;
}

/* The count has not been seen and is not older than the window. */
static bool count_is_new(struct used *row, uint32_t nc)
{
    if (nc > row->highest) {
        uint32_t shift = nc - row->highest;

        row->window = shift >= WINDOW ? 1 : row->window << shift | 1;
        row->highest = nc;
        return true;
    }
    if (row->highest - nc >= WINDOW || row->window & 1u << (row->highest - nc))
        return false;
    row->window |= 1u << (row->highest - nc);
    return true;
}

enum fx_nc fx_nonce_use(const char *text, uint32_t nc, uint64_t request)
{
    uint8_t nonce[BYTES];
    uint32_t issued_s, count = nc == 0 ? UINT32_MAX : nc; /* without a count it is used up at once */
    struct used *row;

    if (!decode(text, FX_NONCE, nonce))
        return FX_NC_REPLAYED;
    memcpy(&issued_s, nonce, sizeof(issued_s));
    row = fx_table_find(used, nonce + sizeof(issued_s));
    if (row == NULL && issued_s <= forgotten_s)
        return FX_NC_REPLAYED;
    if (row != NULL && row->last == count && row->request == request)
        return FX_NC_AGAIN;
    if (row == NULL) {
        row = fx_table_put(used, nonce + sizeof(issued_s));
        row->issued_s = issued_s;
    }
    if (!count_is_new(row, count))
        return FX_NC_REPLAYED;
    row->last = count;
    row->request = request;
    return FX_NC_FRESH;
}
