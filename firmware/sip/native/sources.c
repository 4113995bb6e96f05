/* Where a message comes from: a trunk, an address with a working binding, or nobody we know. Knowing an address grants
 * more messages a second and nothing else.
 */
#include "guard.h"

#include <stdlib.h>
#include <string.h>

#define BOUND_MAX 4096
#define CALLED_MAX 1024
#define TRUNK_ADDRESSES_MAX 1024
#define EXCEPTIONS_MAX 32

struct bound {
    int64_t until_ms;
    char username[FX_NAME_MAX]; /* empty in the row of an address without port */
};

static struct fx_trunk *trunks, *next_trunks;
static unsigned trunk_count, next_count;
static struct fx_nets heard;
static struct exceptions {
    unsigned count;
    struct fx_exception exception[EXCEPTIONS_MAX];
} exceptions, next_exceptions;
static struct fx_table *bound, *called;

static void key_of(const struct fx_ip *ip, uint32_t port, uint8_t key[FX_KEY])
{
    memcpy(key, ip->b, sizeof(ip->b));
    memcpy(key + sizeof(ip->b), &port, sizeof(port));
}

/* A provider answers from addresses that only the resolver knows, and hangs up from them. */
void fx_called(const struct fx_ip *ip)
{
    uint8_t key[FX_KEY];

    if (called == NULL)
        called = fx_table_create(CALLED_MAX, sizeof(uint64_t), NULL);
    key_of(ip, 0, key);
    fx_table_put(called, key);
}

static bool was_called(const struct fx_ip *ip)
{
    uint8_t key[FX_KEY];

    key_of(ip, 0, key);
    return called != NULL && fx_table_find(called, key) != NULL;
}

static struct bound *bound_at(const struct fx_ip *ip, uint32_t port)
{
    uint8_t key[FX_KEY];
    struct bound *row;

    if (bound == NULL)
        return NULL;
    key_of(ip, port, key);
    row = fx_table_find(bound, key);
    return row != NULL && row->until_ms > fx_now_ms() ? row : NULL;
}

int fx_bound_set(const char *ip_text, uint32_t port, const char *username, uint32_t seconds)
{
    int64_t until_ms = fx_now_ms() + (int64_t)seconds * 1000;
    uint8_t key[FX_KEY];
    struct fx_ip ip;
    struct bound *row;

    if (!fx_ip_parse(ip_text, &ip) || strlen(username) >= FX_NAME_MAX || port == 0)
        return -1;
    if (bound == NULL)
        bound = fx_table_create(BOUND_MAX, sizeof(struct bound), NULL);
    key_of(&ip, port, key);
    row = fx_table_put(bound, key);
    row->until_ms = until_ms;
    strcpy(row->username, username);
    key_of(&ip, 0, key);
    row = fx_table_put(bound, key);
    row->until_ms = PJ_MAX(row->until_ms, until_ms);
    return 0;
}

/* When the last binding of an address goes, so does the address. */
int fx_bound_drop(const char *ip_text, uint32_t port)
{
    uint8_t key[FX_KEY];
    const uint8_t *other;
    struct fx_ip ip;
    struct bound *row;
    int64_t until_ms = 0;
    unsigned at = 0;

    if (!fx_ip_parse(ip_text, &ip))
        return -1;
    if (bound == NULL || port == 0)
        return 0;
    key_of(&ip, port, key);
    fx_table_remove(bound, key);
    key_of(&ip, 0, key);
    while ((row = fx_table_next(bound, &at, &other)) != NULL)
        if (memcmp(other, ip.b, sizeof(ip.b)) == 0 && memcmp(other, key, FX_KEY) != 0)
            until_ms = PJ_MAX(until_ms, row->until_ms);
    if (until_ms == 0)
        fx_table_remove(bound, key);
    else
        ((struct bound *)fx_table_put(bound, key))->until_ms = until_ms;
    return 0;
}

const char *fx_bound_user(const struct fx_ip *ip, uint32_t port)
{
    struct bound *row = bound_at(ip, port);

    return row == NULL ? NULL : row->username;
}

void fx_trunks_begin(void)
{
    free(next_trunks);
    next_trunks = NULL;
    next_count = 0;
}

int fx_trunks_add(const char *name, const char *ip, uint32_t port, uint32_t transports, uint32_t rate)
{
    struct fx_trunk *grown, trunk = {.port = port, .transports = transports, .rate = rate};

    if (strlen(name) >= FX_NAME_MAX || !fx_ip_parse(ip, &trunk.ip) || next_count == TRUNK_ADDRESSES_MAX)
        return -1;
    strcpy(trunk.name, name);
    grown = realloc(next_trunks, (next_count + 1) * sizeof(*grown));
    if (grown == NULL)
        return -1;
    next_trunks = grown;
    next_trunks[next_count++] = trunk;
    return 0;
}

void fx_trunks_commit(void)
{
    free(trunks);
    trunks = next_trunks;
    trunk_count = next_count;
    next_trunks = NULL;
    next_count = 0;
}

const struct fx_trunk *fx_trunk_at(const struct fx_ip *ip, uint32_t port, uint32_t transport)
{
    for (unsigned i = 0; i < trunk_count; i++) {
        const struct fx_trunk *trunk = &trunks[i];

        if ((trunk->transports & transport) && (trunk->port == 0 || trunk->port == port) &&
            fx_ip_equal(&trunk->ip, ip))
            return trunk;
    }
    return NULL;
}

bool fx_trunk_has(const char *name, const struct fx_ip *ip)
{
    for (unsigned i = 0; i < trunk_count; i++)
        if (fx_ip_equal(&trunks[i].ip, ip) && strcmp(trunks[i].name, name) == 0)
            return true;
    return false;
}

int fx_heard_set(const char *networks)
{
    struct fx_nets parsed;

    if (!fx_nets_parse(networks, &parsed))
        return -1;
    fx_nets_free(&heard);
    heard = parsed;
    return 0;
}

static void exceptions_free(struct exceptions *list)
{
    for (unsigned i = 0; i < list->count; i++)
        fx_nets_free(&list->exception[i].networks);
    list->count = 0;
}

void fx_exceptions_begin(void)
{
    exceptions_free(&next_exceptions);
}

int fx_exceptions_add(const char *network, uint32_t rate, uint32_t burst)
{
    struct fx_exception *exception = &next_exceptions.exception[next_exceptions.count];

    if (next_exceptions.count == EXCEPTIONS_MAX || !fx_nets_parse(network, &exception->networks))
        return -1;
    exception->rate = rate;
    exception->burst = burst;
    exception->bucket.at_ms = 0;
    next_exceptions.count++;
    return 0;
}

void fx_exceptions_commit(void)
{
    exceptions_free(&exceptions);
    exceptions = next_exceptions;
    next_exceptions.count = 0;
}

static struct fx_exception *exception_at(const struct fx_ip *ip)
{
    for (unsigned i = 0; i < exceptions.count; i++)
        if (fx_nets_hold(&exceptions.exception[i].networks, ip))
            return &exceptions.exception[i];
    return NULL;
}

bool fx_is_heard(const struct fx_source *source)
{
    return source->class == FX_TRUNK || source->exception != NULL || source->called ||
           fx_nets_hold(&heard, &source->ip);
}

bool fx_is_exempt(const struct fx_source *source)
{
    return source->class != FX_UNKNOWN || source->exception != NULL;
}

int fx_transport_of(const pjsip_transport *transport)
{
    if (transport->flag & PJSIP_TRANSPORT_DATAGRAM)
        return FX_UDP;
    return transport->flag & PJSIP_TRANSPORT_SECURE ? FX_TLS : FX_TCP;
}

bool fx_source_of(const pjsip_rx_data *rdata, struct fx_source *out)
{
    const pjsip_transport *transport = rdata->tp_info.transport;

    if (!fx_ip_of(&rdata->pkt_info.src_addr, &out->ip))
        return false;
    out->port = pj_sockaddr_get_port(&rdata->pkt_info.src_addr);
    out->transport = fx_transport_of(transport);
    out->trunk = fx_trunk_at(&out->ip, out->port, out->transport);
    out->class = out->trunk != NULL ? FX_TRUNK : bound_at(&out->ip, 0) != NULL ? FX_BOUND : FX_UNKNOWN;
    out->exception = exception_at(&out->ip);
    out->called = was_called(&out->ip);
    return true;
}
