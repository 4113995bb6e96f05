/* fxsip: the guard, digest authentication and the door to the registrar, inside pjsip. This header is what Python
 * calls.
 *
 * pj* symbols are left open, as in fxmedia.h. Everything runs on the call loop's thread, which installs it; a call from
 * another thread is refused. Text is UTF-8, NUL-terminated. Functions return 0, or -1 for input that does not fit.
 */
#ifndef FXSIP_H
#define FXSIP_H

#include <stdint.h>

#define FX_NAME_MAX 64    /* user names, trunk names, with the NUL */
#define FX_CALL_ID_MAX 256
#define FX_IP_TEXT 46     /* an IPv6 address as text, with the NUL */
#define FX_CONTACTS_MAX 8
#define FX_DISPLAY_MAX 128
#define FX_REPLACES_MAX 512

enum fx_transport { FX_UDP = 1, FX_TCP = 2, FX_TLS = 4 };

/* ---- numbers: the site file's `limits:`. Rates are messages a second. ---- */
struct fx_limits {
    uint32_t unknown_rate, unknown_burst; /* one address, or one /64, that nothing vouches for */
    uint32_t unknown_total;               /* all of those together */
    uint32_t bound_rate, bound_burst;     /* an address with a working binding */
    uint32_t size_unknown, size_known;    /* bytes of a message, before and after authentication */
    uint32_t headers, vias, crypto_lines, xml_depth;
    uint32_t nonce_s;
    uint32_t sources;                     /* how many addresses are remembered */
    uint32_t failures, failures_s;        /* so many in so long bring a ban; at most FX_FAILURES_MAX */
    uint32_t ban_s[3];                    /* first, second, further */
    uint32_t delay_s;                     /* an exempt address that fails as often waits this long for that account */
};
#define FX_FAILURES_MAX 100

/* ---- what Python is told ---- */
struct fx_contact {
    const char *uri;
    const char *instance; /* +sip.instance, "" = none */
    int64_t expires_s;    /* -1: none given */
};

struct fx_request {
    const char *method, *username, *to_user, *call_id, *user_agent, *source_ip;
    uint32_t source_port, transport, cseq;
    int32_t rport;        /* 1: the device asked for answers to the port that it sent from (RFC 3581) */
    int32_t star;         /* Contact: * */
    int32_t contacts;     /* how many are in `contact`; -1: more than FX_CONTACTS_MAX, or one is not a SIP URI */
    int64_t expires_s;    /* Expires header, -1: none */
    struct fx_contact contact[FX_CONTACTS_MAX];
    const char *uri_user, *to_uri, *from_uri;     /* the Request-URI's user part unescaped; URIs without a name */
    const char *to_tag, *from_tag, *branch;       /* without a To tag, the answer has the branch as one */
    const char *event, *refer_to, *refer_sub;     /* values of these headers, "" = none */
    const char *local;                            /* host:port that it came to */
};
/* An authenticated REGISTER or SUBSCRIBE, or a REFER in a dialog from where the dialog is. It is answered within the
 * call with fx_answer, else with 500. */
typedef void (*fx_on_request)(const struct fx_request *request);
/* An address was banned. */
typedef void (*fx_on_ban)(const char *ip, uint32_t seconds, uint32_t level);

/* ---- life ---- */
int fx_sip_install(const char *realm, fx_on_request on_request, fx_on_ban on_ban);
void fx_sip_remove(void);
/* `headers`: "Name: value" lines that end with \n. */
int fx_answer(int status, const char *headers);

/* ---- the loop ---- */
int fx_loop_fd(void);           /* readable when pjsip has something to do; after libInit */
int fx_loop_wait_ms(int most);  /* until its next timer, `most` at most */

/* ---- tables: begin, add …, commit; the old one serves until commit ---- */
void fx_limits_set(const struct fx_limits *limits);
void fx_accounts_begin(void);
/* HA1 as 32 and 64 lower-case hex digits; transports: mask of enum fx_transport; networks: "10.0.0.0/8 fd00::/8" */
int fx_accounts_add(const char *username, const char *ha1_md5, const char *ha1_sha256, int enabled,
                    uint32_t transports, const char *networks);
void fx_accounts_commit(void);
void fx_trunks_begin(void);
/* One address of a trunk; port 0: any. */
int fx_trunks_add(const char *name, const char *ip, uint32_t port, uint32_t transports, uint32_t rate);
void fx_trunks_commit(void);
int fx_heard_set(const char *networks); /* whatever comes from elsewhere, except from a trunk, is dropped in silence */
void fx_exceptions_begin(void);
/* A network with a rate of its own, for all of it together; it is never banned. */
int fx_exceptions_add(const char *network, uint32_t rate, uint32_t burst);
void fx_exceptions_commit(void);
/* User-Agents that are dropped, and those that are offered MD5 alone; parts of names, lower case, one a line. */
enum fx_agents { FX_SCANNERS, FX_MD5_ONLY, FX_AGENT_LISTS };
int fx_agents_set(int which, const char *agents);

/* ---- sources with a working binding ---- */
int fx_bound_set(const char *ip, uint32_t port, const char *username, uint32_t seconds);
int fx_bound_drop(const char *ip, uint32_t port);

/* ---- calls; each has a number of its own for ever, and an index until it is gone ---- */
struct fx_invite { /* one that passed the guard */
    const char *call_id;                   /* SIP Call-ID */
    const char *user, *to_user, *from_user; /* of the Request-URI, To and From, unescaped, "" = none */
    const char *from_name, *replaces;      /* "" = none */
    const char *username, *trunk, *ip;     /* who has sent it, one of the two is "", and from where */
};
enum fx_call_state { FX_CALL_EARLY, FX_CALL_UP, FX_CALL_GONE };
struct fx_call_events {
    int (*invite)(uint32_t number, int index, const struct fx_invite *invite); /* 0: it could not be taken */
    void (*state)(uint32_t number, int state, int status); /* enum fx_call_state, last status code */
    /* `slot` -1: no audio; `held`: by the far end; `key_events`: it takes RFC 4733. */
    void (*audio)(uint32_t number, int slot, int held, int key_events);
    void (*moved)(uint32_t number, const char *uri); /* a 302 names another place; it is not followed */
    void (*reinvited)(uint32_t number, int status);  /* final status of ours; 0: the one that was pending is over */
};
/* Take over all calls of pjsua, after libInit. Keys come as FX_CALL_KEY of fxmedia.h, source = the call's number. */
void fx_calls_serve(const struct fx_call_events *events);
/* What is done returns 0, or a status for fx_status_text. `headers` as in fx_answer. */
const char *fx_status_text(int status);
/* `number`: of fx_next_id. `source`: where its signalling will come from, "" if that is the target. */
int fx_call_make(uint32_t number, int account, const char *target, const char *from, const char *headers,
                 const char *source, int *index);
const char *fx_call_id(int index); /* its SIP Call-ID, "" = none; until the next call of this function */
int fx_call_answer(int index, int status, const char *headers);
int fx_call_hang_up(int index, int status, const char *headers); /* status 0: what fits */
int fx_call_keys(int index, const char *keys);
int fx_call_send(int index, const char *method, const char *headers, const char *type, const char *body);
enum fx_not_shown { FX_TAKES_NO_UPDATE = -1, FX_PENDING = -2 };
int fx_call_update(int index, const char *headers); /* UPDATE without an offer, or FX_TAKES_NO_UPDATE */
/* A re-INVITE that changes nothing of the audio, or FX_PENDING: not now, another one is under way. After 0 and FX_PENDING
 * comes one `reinvited`, unless the call ends. */
int fx_call_reinvite(int index, const char *headers);

/* ---- dialogs ---- */
/* 1: pjsip has this dialog, as an end of it with these tags names it; 0: not. */
int fx_dialog_is(const char *call_id, const char *local_tag, const char *remote_tag);

/* ---- NOTIFY within a dialog that is Python's, or before any ---- */
struct fx_notify {
    const char *target, *from_uri, *to_uri, *from_tag, *to_tag, *call_id, *contact;
    const char *headers;              /* as in fx_answer */
    const char *type, *subtype, *body; /* body "": none */
    uint32_t cseq, token;
};
/* The final status of the request with this token; 408 when nothing came. */
typedef void (*fx_on_notified)(uint32_t token, int status);
void fx_notified_set(fx_on_notified on_notified);
int fx_notify(const struct fx_notify *notify);

/* ---- bans ---- */
struct fx_ban {
    char ip[FX_IP_TEXT];
    uint32_t seconds, level; /* seconds left */
};
int fx_bans(struct fx_ban *out, int room);
int fx_ban_set(const char *ip, uint32_t seconds, uint32_t level); /* 0 seconds: lift it */

/* ---- counters ---- */
int fx_counters(void);
const char *fx_counter_name(int index);
uint64_t fx_counter(int index);

/* ---- pieces that tests reach for ---- */
/* Digest response (RFC 7616 3.4.1) as hex into `out` (65 bytes); algorithm 0 = MD5, 1 = SHA-256; qop "" = RFC 2069. */
int fx_digest(int algorithm, const char *ha1, const char *method, const char *uri, const char *nonce, const char *nc,
              const char *cnonce, const char *qop, char *out);
int fx_examine(const char *message, uint32_t length, int known); /* verdict as a counter's index */

#endif
