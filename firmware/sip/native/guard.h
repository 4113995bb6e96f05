/* What the files of the guard share. Not for Python: that is fxsip.h. */
#ifndef FX_GUARD_H
#define FX_GUARD_H

#include "fxsip.h"

#include <pj/math.h>
#include <pjsip.h>
#include <pjsip_ua.h>
#include <pjsua-lib/pjsua.h>
#include <stdbool.h>

/* ---- counters: one for each verdict ---- */
#define FX_COUNTERS(X)                                                                                           \
    X(passed) X(banned) X(wan) X(rate_unknown) X(rate_unknown_total) X(rate_bound) X(rate_trunk)                  \
    X(rate_exception) X(oversized)                                                                               \
    X(headers) X(vias) X(crypto_lines) X(xml_depth) X(malformed) X(scanner) X(method) X(challenged) X(stale)     \
    X(replayed) X(wrong) X(delayed) X(authenticated) X(trunk_invite) X(forged) X(no_dialog) X(trunk_refer)       \
    X(options) X(bans) X(wrong_thread)
enum fx_count {
#define X(name) FX_##name,
    FX_COUNTERS(X)
#undef X
    FX_COUNT_END
};
void fx_count(enum fx_count which);
bool fx_on_loop(void); /* else counted: pjsip must not call us from a thread of its own */
void fx_limits_init(fx_on_ban on_ban);

/* ---- time: milliseconds since an arbitrary start ---- */
int64_t fx_now_ms(void);

/* ---- addresses: IPv6, IPv4 as ::ffff:a.b.c.d ---- */
struct fx_ip {
    uint8_t b[16];
};
struct fx_net {
    struct fx_ip ip;
    unsigned bits; /* of 128 */
};
struct fx_nets {
    unsigned count;
    struct fx_net *net;
};
bool fx_ip_parse(const char *text, struct fx_ip *out);
void fx_ip_print(const struct fx_ip *ip, char out[FX_IP_TEXT]);
bool fx_ip_of(const pj_sockaddr *address, struct fx_ip *out);
bool fx_ip_equal(const struct fx_ip *a, const struct fx_ip *b);
struct fx_ip fx_ip_subscriber(const struct fx_ip *ip); /* itself for IPv4, its /64 for IPv6 */
bool fx_nets_parse(const char *text, struct fx_nets *out);
bool fx_nets_hold(const struct fx_nets *nets, const struct fx_ip *ip);
void fx_nets_free(struct fx_nets *nets);

/* ---- a table of fixed size whose least recently used row makes room ---- */
#define FX_KEY 20
struct fx_table;
typedef void (*fx_evicted)(const void *value);
struct fx_table *fx_table_create(unsigned rows, unsigned value_size, fx_evicted evicted);
void fx_table_free(struct fx_table *table);
void *fx_table_find(struct fx_table *table, const uint8_t key[FX_KEY]); /* and mark it used */
void *fx_table_put(struct fx_table *table, const uint8_t key[FX_KEY]);  /* found, or new and zeroed */
void fx_table_remove(struct fx_table *table, const uint8_t key[FX_KEY]);
/* Walk: start with *at = 0; NULL at the end. */
void *fx_table_next(struct fx_table *table, unsigned *at, const uint8_t **key);
uint64_t fx_hash(const void *data, size_t size); /* keyed with a random number: strangers cannot aim at a row */

/* ---- sources ---- */
struct fx_bucket {
    double tokens;
    int64_t at_ms; /* 0: not used yet */
};
struct fx_exception {
    struct fx_nets networks;
    uint32_t rate, burst;
    struct fx_bucket bucket;
};
enum fx_class { FX_UNKNOWN, FX_BOUND, FX_TRUNK };
struct fx_trunk {
    char name[FX_NAME_MAX];
    struct fx_ip ip;
    uint32_t port, transports, rate;
};
struct fx_source {
    struct fx_ip ip;
    uint32_t port;
    enum fx_transport transport;
    enum fx_class class;
    const struct fx_trunk *trunk; /* of class FX_TRUNK; valid until the table changes */
    struct fx_exception *exception; /* NULL: none */
    bool called; /* we have sent a request there: it is heard and has a known source's rate, no more */
};
void fx_called(const struct fx_ip *ip);
bool fx_source_of(const pjsip_rx_data *rdata, struct fx_source *out);
const char *fx_bound_user(const struct fx_ip *ip, uint32_t port); /* NULL: none */
bool fx_trunk_has(const char *name, const struct fx_ip *ip);
bool fx_is_heard(const struct fx_source *source); /* else it comes from the WAN */
bool fx_is_exempt(const struct fx_source *source);
const struct fx_trunk *fx_trunk_at(const struct fx_ip *ip, uint32_t port, uint32_t transport);

/* ---- the checks, each in the file of its name ---- */
extern struct fx_limits fx_limits;
bool fx_agent_listed(enum fx_agents which, const char *name, size_t length);
enum fx_count fx_rate_check(const struct fx_source *source);
enum fx_count fx_raw_check(const char *message, size_t length, bool known);
pj_status_t fx_raw_filter(pjsip_tp_rx_data *data); /* pjsip's callback before the parser */
bool fx_is_banned(const struct fx_ip *ip);
void fx_failure(const struct fx_source *source, const char *username);
bool fx_is_delayed(const struct fx_source *source, const char *username);

/* ---- digest ---- */
#define FX_NONCE 32 /* characters */
struct fx_account {
    char username[FX_NAME_MAX];
    char ha1[2][65]; /* MD5, SHA-256 as hex */
    bool enabled;
    uint32_t transports;
    struct fx_nets networks;
};
const struct fx_account *fx_account_find(const char *username); /* NULL: none */
void fx_decoy(const char *username, char ha1[2][65]);           /* HA1 of someone who does not exist */
void fx_digest_init(void);
void fx_nonce_init(void);
void fx_hex(const uint8_t *bytes, size_t count, char *out);
void fx_digest_response(int algorithm, const char *ha1, const pj_str_t *method,
                        const pjsip_digest_credential *credential, char out[65]);
void fx_nonce_make(const struct fx_ip *ip, char out[FX_NONCE + 1]);
bool fx_nonce_good(const char *nonce, size_t length, const struct fx_ip *ip);
enum fx_nc { FX_NC_FRESH, FX_NC_AGAIN, FX_NC_REPLAYED };
/* `nc` 0: none was given (RFC 2069), the nonce serves once. `request`: hash of what a re-transmission has in common. */
enum fx_nc fx_nonce_use(const char *nonce, uint32_t nc, uint64_t request);
bool fx_same_text(const char *a, const char *b, size_t length); /* in constant time */

/* ---- requests ---- */
extern pjsip_endpoint *fx_endpoint;
extern char fx_realm[FX_NAME_MAX];
/* True: `user` sent it. False: it was answered with a challenge, the same one whatever was wrong. `must`: no other. */
bool fx_authenticate(pjsip_rx_data *rdata, const struct fx_source *source, const char *must, char user[FX_NAME_MAX]);
void fx_request_init(fx_on_request on_request);
void fx_respond(pjsip_rx_data *rdata, int status, const char *headers);
void fx_add_headers(pj_pool_t *pool, pjsip_hdr *list, const char *headers); /* as fx_answer takes them */
void fx_ask_python(pjsip_rx_data *rdata, const struct fx_source *source, const char *user);
bool fx_str_copy(char *out, size_t room, const pj_str_t *text); /* false: it does not fit or holds a NUL */
const char *fx_header_text(pjsip_rx_data *rdata, const char *name, const char *compact); /* its value, "" = none */
const char *fx_user_of(pj_pool_t *pool, pjsip_uri *uri);        /* unescaped user part, "" = none */
int fx_transport_of(const pjsip_transport *transport);

/* ---- identity and dialogs ---- */
struct fx_identity {
    char call_id[FX_CALL_ID_MAX];
    char username[FX_NAME_MAX]; /* "" unless an extension */
    char trunk[FX_NAME_MAX];    /* "" unless a trunk */
    char ip[FX_IP_TEXT];
    char replaces[FX_REPLACES_MAX]; /* the header's value, "" = none */
};
void fx_identity_keep(const pj_str_t *call_id, const struct fx_source *source, const char *user, const char *replaces);
const struct fx_identity *fx_identity_of(const pj_str_t *call_id);
pj_bool_t fx_in_dialog(pjsip_rx_data *rdata, const struct fx_source *source);
pj_bool_t fx_cancel(pjsip_rx_data *rdata, const struct fx_source *source);
void fx_dialog_on_request(pjsip_tx_data *tdata);
void fx_dialog_on_answer(pjsip_tx_data *tdata);
void fx_dialog_init(int module_id);

/* reinvite.c */
void fx_on_tsx_state(int index, pjsip_transaction *tsx, pjsip_event *event);
void fx_on_sdp_created(int index, pjmedia_sdp_session *sdp, pj_pool_t *pool, const pjmedia_sdp_session *remote);
void fx_reinvite_forget(int index);
void fx_reinvite_on_ack(pjsip_dialog *dialog);

/* info.c */
void fx_on_info(int index, pjsip_transaction *tsx, const pjsip_event *event);

/* calls.c */
void fx_call_reinvited(int index, int status);
void fx_call_key(int index, char key, int method);
void fx_call_source(int index, const char *ip); /* where its signalling comes from */
/* verbs.c */
pj_pool_t *fx_message_begin(pjsua_msg_data *message, const char *headers); /* release the pool after use */
void fx_audio_only(pjsua_call_setting *setting);

#endif
