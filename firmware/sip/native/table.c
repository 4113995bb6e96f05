/* A hash table of fixed size: a new key takes the place of the least recently used one. Memory is taken once, and rows
 * that were never used cost none of it.
 */
#include "guard.h"

#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX

struct row {
    uint8_t key[FX_KEY];
    uint32_t chain;       /* next row of the same bucket */
    uint32_t newer, older;
    bool used;
};

struct fx_table {
    unsigned rows, buckets, value_size;
    uint32_t newest, oldest;
    uint32_t fresh; /* rows from here on were never used */
    uint32_t freed; /* the first of those given back; chained */
    fx_evicted evicted;
    uint32_t *bucket;
    struct row *row;
    uint8_t *values;
};

uint64_t fx_hash(const void *data, size_t size)
{
    static uint64_t seed;
    const uint8_t *at = data;
    uint64_t hash;

    if (seed == 0 && RAND_bytes((uint8_t *)&seed, sizeof(seed)) != 1)
        seed = (uint64_t)fx_now_ms() | 1;
    hash = seed ^ size;
    for (; size > 0; at++, size--) {
        hash = (hash ^ *at) * 0x9e3779b97f4a7c15ULL;
        hash ^= hash >> 29;
    }
    hash = (hash ^ seed) * 0xbf58476d1ce4e5b9ULL;
    return hash ^ (hash >> 32);
}

struct fx_table *fx_table_create(unsigned rows, unsigned value_size, fx_evicted evicted)
{
    struct fx_table *table = calloc(1, sizeof(*table));

    if (table == NULL)
        abort();
    table->rows = rows;
    table->buckets = rows * 2;
    table->value_size = (value_size + 7) & ~7u;
    table->evicted = evicted;
    table->newest = table->oldest = table->freed = NONE;
    table->bucket = malloc(table->buckets * sizeof(uint32_t));
    table->row = calloc(rows, sizeof(struct row));
    table->values = calloc(rows, table->value_size);
    if (table->bucket == NULL || table->row == NULL || table->values == NULL)
        abort();
    memset(table->bucket, 0xff, table->buckets * sizeof(uint32_t));
    return table;
}

void fx_table_free(struct fx_table *table)
{
    if (table == NULL)
        return;
    free(table->bucket);
    free(table->row);
    free(table->values);
    free(table);
}

static void *value(struct fx_table *table, uint32_t at)
{
    return table->values + (size_t)at * table->value_size;
}

static uint32_t *bucket_of(struct fx_table *table, const uint8_t key[FX_KEY])
{
    return &table->bucket[fx_hash(key, FX_KEY) % table->buckets];
}

static void unlink_age(struct fx_table *table, uint32_t at)
{
    struct row *row = &table->row[at];

    *(row->newer == NONE ? &table->newest : &table->row[row->newer].older) = row->older;
    *(row->older == NONE ? &table->oldest : &table->row[row->older].newer) = row->newer;
}

static void link_newest(struct fx_table *table, uint32_t at)
{
    struct row *row = &table->row[at];

    row->newer = NONE;
    row->older = table->newest;
    *(table->newest == NONE ? &table->oldest : &table->row[table->newest].newer) = at;
    table->newest = at;
}

static void unlink_row(struct fx_table *table, uint32_t at)
{
    uint32_t *link = bucket_of(table, table->row[at].key);

    while (*link != at)
        link = &table->row[*link].chain;
    *link = table->row[at].chain;
    unlink_age(table, at);
    table->row[at].used = false;
}

static uint32_t lookup(struct fx_table *table, const uint8_t key[FX_KEY])
{
    uint32_t at = *bucket_of(table, key);

    while (at != NONE && memcmp(table->row[at].key, key, FX_KEY) != 0)
        at = table->row[at].chain;
    return at;
}

void *fx_table_find(struct fx_table *table, const uint8_t key[FX_KEY])
{
    uint32_t at = lookup(table, key);

    if (at == NONE)
        return NULL;
    if (at != table->newest) {
        unlink_age(table, at);
        link_newest(table, at);
    }
    return value(table, at);
}

static uint32_t make_room(struct fx_table *table)
{
    uint32_t at = table->freed;

    if (at != NONE) {
        table->freed = table->row[at].chain;
    } else if (table->fresh < table->rows) {
        at = table->fresh++;
    } else {
        at = table->oldest;
        if (table->evicted != NULL)
            table->evicted(value(table, at));
        unlink_row(table, at);
    }
    return at;
}

void *fx_table_put(struct fx_table *table, const uint8_t key[FX_KEY])
{
    void *found = fx_table_find(table, key);
    uint32_t at, *bucket;

    if (found != NULL)
        return found;
    at = make_room(table);
    bucket = bucket_of(table, key);
    memcpy(table->row[at].key, key, FX_KEY);
    table->row[at].chain = *bucket;
    table->row[at].used = true;
    *bucket = at;
    link_newest(table, at);
    return memset(value(table, at), 0, table->value_size);
}

void fx_table_remove(struct fx_table *table, const uint8_t key[FX_KEY])
{
    uint32_t at = lookup(table, key);

    if (at == NONE)
        return;
    unlink_row(table, at);
    table->row[at].chain = table->freed;
    table->freed = at;
}

void *fx_table_next(struct fx_table *table, unsigned *at, const uint8_t **key)
{
    while (*at < table->fresh) {
        uint32_t here = (*at)++;

        if (table->row[here].used) {
            *key = table->row[here].key;
            return value(table, here);
        }
    }
    return NULL;
}
