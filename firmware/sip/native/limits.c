/* How many messages a source may send: token buckets, and the list of those who may send none for a while. */
#include "guard.h"

#include <string.h>

#define ROWS 4096

struct failures {
    uint32_t at_s[FX_FAILURES_MAX]; /* a ring; 0 = none */
    unsigned next;
};

struct ban {
    int64_t until_ms;
    uint32_t level;
};

struct fx_limits fx_limits;
static struct fx_bucket all_unknown;
static struct fx_table *buckets, *failures, *bans;
static fx_on_ban tell_ban;

void fx_limits_set(const struct fx_limits *limits)
{
    bool resize = buckets == NULL || fx_limits.sources != limits->sources;

    fx_limits = *limits;
    fx_limits.failures = PJ_MIN(PJ_MAX(limits->failures, 1), FX_FAILURES_MAX);
    if (resize) {
        fx_table_free(buckets);
        buckets = fx_table_create(PJ_MAX(limits->sources, 1), sizeof(struct fx_bucket), NULL);
    }
    if (bans == NULL) {
        failures = fx_table_create(ROWS, sizeof(struct failures), NULL);
        bans = fx_table_create(ROWS, sizeof(struct ban), NULL);
    }
}

void fx_limits_init(fx_on_ban on_ban)
{
    tell_ban = on_ban;
}

static void key_of(const struct fx_ip *ip, uint32_t extra, uint8_t key[FX_KEY])
{
    struct fx_ip subscriber = fx_ip_subscriber(ip);

    memcpy(key, subscriber.b, sizeof(subscriber.b));
    memcpy(key + sizeof(subscriber.b), &extra, sizeof(extra));
}

static bool take(struct fx_bucket *bucket, uint32_t rate, uint32_t burst)
{
    int64_t now_ms = fx_now_ms();

    if (bucket->at_ms == 0)
        bucket->tokens = burst;
    else
        bucket->tokens = PJ_MIN((double)burst, bucket->tokens + (double)(now_ms - bucket->at_ms) * rate / 1000.0);
    bucket->at_ms = now_ms;
    if (bucket->tokens < 1)
        return false;
    bucket->tokens -= 1;
    return true;
}

enum fx_count fx_rate_check(const struct fx_source *source)
{
    uint8_t key[FX_KEY];
    struct fx_bucket *own;
    bool known;

    if (source->exception != NULL)
        return take(&source->exception->bucket, source->exception->rate, source->exception->burst)
                   ? FX_passed
                   : FX_rate_exception;
    if (source->class == FX_TRUNK) {
        memset(key, 0, sizeof(key));
        *(uint64_t *)key = fx_hash(source->trunk->name, strlen(source->trunk->name));
        own = fx_table_put(buckets, key);
        return take(own, source->trunk->rate, 2 * source->trunk->rate) ? FX_passed : FX_rate_trunk;
    }
    known = source->class == FX_BOUND || source->called;
    key_of(&source->ip, known, key);
    own = fx_table_put(buckets, key);
    if (known)
        return take(own, fx_limits.bound_rate, fx_limits.bound_burst) ? FX_passed : FX_rate_bound;
    if (!take(own, fx_limits.unknown_rate, fx_limits.unknown_burst))
        return FX_rate_unknown;
    return take(&all_unknown, fx_limits.unknown_total, fx_limits.unknown_total) ? FX_passed : FX_rate_unknown_total;
}

static uint32_t now_s(void)
{
    return (uint32_t)(fx_now_ms() / 1000) + 1;
}

/* Record a failure; true when it is the last one of the allowed number within the time. */
static bool too_many(const uint8_t key[FX_KEY])
{
    struct failures *row = fx_table_put(failures, key);
    uint32_t oldest_s;

    row->at_s[row->next % fx_limits.failures] = now_s();
    row->next = (row->next + 1) % fx_limits.failures;
    oldest_s = row->at_s[row->next];
    return oldest_s != 0 && now_s() - oldest_s <= fx_limits.failures_s;
}

static void ban(const struct fx_ip *ip)
{
    uint8_t key[FX_KEY];
    char text[FX_IP_TEXT];
    struct fx_ip subscriber = fx_ip_subscriber(ip);
    struct ban *row;
    uint32_t seconds;

    key_of(ip, 0, key);
    row = fx_table_put(bans, key);
    seconds = fx_limits.ban_s[PJ_MIN(row->level, 2)];
    row->level++;
    row->until_ms = fx_now_ms() + (int64_t)seconds * 1000;
    fx_table_remove(failures, key);
    fx_count(FX_bans);
    fx_ip_print(&subscriber, text);
    if (tell_ban != NULL)
        tell_ban(text, seconds, row->level);
}

static uint32_t account_key(const char *username)
{
    return (uint32_t)fx_hash(username, strlen(username)) | 1;
}

/* A wrong answer to a nonce that we made for this address: it was not sent by somebody who only claims the address. An
 * exempt source is never banned; it waits for the one account instead.
 */
void fx_failure(const struct fx_source *source, const char *username)
{
    uint8_t key[FX_KEY];

    key_of(&source->ip, fx_is_exempt(source) ? account_key(username) : 0, key);
    if (too_many(key) && !fx_is_exempt(source))
        ban(&source->ip);
}

bool fx_is_delayed(const struct fx_source *source, const char *username)
{
    uint8_t key[FX_KEY];
    const struct failures *row;
    uint32_t last_s = 0;
    unsigned recent = 0;

    key_of(&source->ip, account_key(username), key);
    row = fx_table_find(failures, key);
    if (row == NULL)
        return false;
    for (unsigned i = 0; i < fx_limits.failures; i++) {
        recent += row->at_s[i] != 0 && now_s() - row->at_s[i] <= fx_limits.failures_s;
        last_s = PJ_MAX(last_s, row->at_s[i]);
    }
    return recent == fx_limits.failures && now_s() - last_s < fx_limits.delay_s;
}

bool fx_is_banned(const struct fx_ip *ip)
{
    uint8_t key[FX_KEY];
    const struct ban *row;

    key_of(ip, 0, key);
    row = fx_table_find(bans, key);
    return row != NULL && row->until_ms > fx_now_ms();
}

int fx_ban_set(const char *ip_text, uint32_t seconds, uint32_t level)
{
    uint8_t key[FX_KEY];
    struct fx_ip ip;
    struct ban *row;

    if (bans == NULL || !fx_ip_parse(ip_text, &ip))
        return -1;
    key_of(&ip, 0, key);
    row = fx_table_put(bans, key);
    row->until_ms = fx_now_ms() + (int64_t)seconds * 1000;
    row->level = level;
    return 0;
}

int fx_bans(struct fx_ban *out, int room)
{
    const uint8_t *key;
    const struct ban *row;
    unsigned at = 0;
    int count = 0;

    while (bans != NULL && count < room && (row = fx_table_next(bans, &at, &key)) != NULL) {
        int64_t left_ms = row->until_ms - fx_now_ms();

        if (left_ms <= 0)
            continue;
        fx_ip_print((const struct fx_ip *)key, out[count].ip);
        out[count].seconds = (uint32_t)((left_ms + 999) / 1000);
        out[count++].level = row->level;
    }
    return count;
}
