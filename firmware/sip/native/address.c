/* Addresses and networks. IPv4 is held as ::ffff:a.b.c.d, so that one comparison serves both families. */
#include "guard.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t MAPPED[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static bool is_v4(const struct fx_ip *ip)
{
    return memcmp(ip->b, MAPPED, sizeof(MAPPED)) == 0;
}

static struct fx_ip mapped(const void *v4)
{
    struct fx_ip ip;

    memcpy(ip.b, MAPPED, sizeof(MAPPED));
    memcpy(ip.b + sizeof(MAPPED), v4, 4);
    return ip;
}

bool fx_ip_parse(const char *text, struct fx_ip *out)
{
    uint8_t v4[4];

    if (inet_pton(AF_INET, text, v4) == 1) {
        *out = mapped(v4);
        return true;
    }
    return inet_pton(AF_INET6, text, out->b) == 1;
}

void fx_ip_print(const struct fx_ip *ip, char out[FX_IP_TEXT])
{
    if (is_v4(ip))
        inet_ntop(AF_INET, ip->b + sizeof(MAPPED), out, FX_IP_TEXT);
    else
        inet_ntop(AF_INET6, ip->b, out, FX_IP_TEXT);
}

bool fx_ip_of(const pj_sockaddr *address, struct fx_ip *out)
{
    if (address->addr.sa_family == pj_AF_INET()) {
        *out = mapped(&address->ipv4.sin_addr);
        return true;
    }
    if (address->addr.sa_family != pj_AF_INET6())
        return false;
    memcpy(out->b, &address->ipv6.sin6_addr, sizeof(out->b));
    return true;
}

bool fx_ip_equal(const struct fx_ip *a, const struct fx_ip *b)
{
    return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

struct fx_ip fx_ip_subscriber(const struct fx_ip *ip)
{
    struct fx_ip out = *ip;

    if (!is_v4(ip))
        memset(out.b + 8, 0, 8);
    return out;
}

static bool in_net(const struct fx_net *net, const struct fx_ip *ip)
{
    unsigned whole = net->bits / 8, rest = net->bits % 8;
    uint8_t mask = (uint8_t)(0xff00 >> rest);

    if (memcmp(net->ip.b, ip->b, whole) != 0)
        return false;
    return rest == 0 || ((net->ip.b[whole] ^ ip->b[whole]) & mask) == 0;
}

static bool net_parse(char *text, struct fx_net *out)
{
    char *slash = strchr(text, '/'), *end;
    bool v4 = strchr(text, ':') == NULL;
    unsigned long bits = v4 ? 32 : 128;

    if (slash != NULL) {
        *slash = '\0';
        bits = strtoul(slash + 1, &end, 10);
        if (*end != '\0' || end == slash + 1 || bits > (v4 ? 32 : 128))
            return false;
    }
    out->bits = (unsigned)bits + (v4 ? 96 : 0);
    return fx_ip_parse(text, &out->ip);
}

bool fx_nets_parse(const char *text, struct fx_nets *out)
{
    char *copy = strdup(text), *rest = copy, *word;
    bool good = copy != NULL;

    out->count = 0;
    out->net = NULL;
    while (good && (word = strsep(&rest, " ")) != NULL) {
        struct fx_net *grown;

        if (*word == '\0')
            continue;
        grown = realloc(out->net, (out->count + 1) * sizeof(*grown));
        good = grown != NULL;
        if (good) {
            out->net = grown;
            good = net_parse(word, &out->net[out->count++]);
        }
    }
    free(copy);
    if (!good)
        fx_nets_free(out);
    return good;
}

bool fx_nets_hold(const struct fx_nets *nets, const struct fx_ip *ip)
{
    for (unsigned i = 0; i < nets->count; i++)
        if (in_net(&nets->net[i], ip))
            return true;
    return false;
}

void fx_nets_free(struct fx_nets *nets)
{
    free(nets->net);
    nets->net = NULL;
    nets->count = 0;
}
