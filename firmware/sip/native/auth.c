/* Challenge and verification (RFC 3261 22, RFC 7616, RFC 8760). Whatever is wrong with a request, the answer is the
 * same 401 after the same work, so that nobody can find out which names exist. Nothing of Python runs here.
 */
#include "guard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char fx_realm[FX_NAME_MAX];

enum { MD5 = 0, SHA256 = 1 };

static int algorithm_of(const pjsip_digest_credential *credential)
{
    if (credential->algorithm.slen == 0 || pj_stricmp2(&credential->algorithm, "MD5") == 0)
        return MD5;
    return pj_stricmp2(&credential->algorithm, "SHA-256") == 0 ? SHA256 : -1;
}

/* The credentials for our realm, the stronger ones where a device sends both; NULL = none. */
static const pjsip_digest_credential *credentials(pjsip_msg *msg)
{
    const pjsip_digest_credential *best = NULL;
    pjsip_authorization_hdr *header;

    for (void *at = NULL; (header = pjsip_msg_find_hdr(msg, PJSIP_H_AUTHORIZATION, at)) != NULL; at = header->next) {
        const pjsip_digest_credential *found = &header->credential.digest;

        if (pj_stricmp2(&header->scheme, "Digest") == 0 && pj_strcmp2(&found->realm, fx_realm) == 0 &&
            algorithm_of(found) >= 0 && (best == NULL || algorithm_of(found) == SHA256))
            best = found;
    }
    return best;
}

bool fx_str_copy(char *out, size_t room, const pj_str_t *text)
{
    if (text->slen < 0 || (size_t)text->slen >= room || (text->slen > 0 && memchr(text->ptr, '\0', (size_t)text->slen)))
        return false;
    memcpy(out, text->ptr, (size_t)text->slen);
    out[text->slen] = '\0';
    return true;
}

static const pjsip_sip_uri *sip_uri(pjsip_uri *uri)
{
    if (uri == NULL)
        return NULL;
    uri = pjsip_uri_get_uri(uri);
    return PJSIP_URI_SCHEME_IS_SIP(uri) || PJSIP_URI_SCHEME_IS_SIPS(uri) ? (pjsip_sip_uri *)uri : NULL;
}

const char *fx_user_of(pj_pool_t *pool, pjsip_uri *uri)
{
    const pjsip_sip_uri *sip = sip_uri(uri);
    char *user = pj_pool_alloc(pool, FX_NAME_MAX);

    if (sip == NULL || !fx_str_copy(user, FX_NAME_MAX, &sip->user))
        *user = '\0';
    return user;
}

static bool same_uri(const pjsip_sip_uri *a, const pjsip_sip_uri *b)
{
    return a != NULL && b != NULL && pj_strcmp(&a->user, &b->user) == 0 && pj_stricmp(&a->host, &b->host) == 0 &&
           (a->port ? a->port : 5060) == (b->port ? b->port : 5060);
}

/* `uri` of the credentials is the Request-URI; devices differ in the parameters and in writing the default port. */
static bool uri_matches(pjsip_rx_data *rdata, const pj_str_t *uri)
{
    char *text = pj_pool_alloc(rdata->tp_info.pool, (size_t)uri->slen + 1);

    if (!fx_str_copy(text, (size_t)uri->slen + 1, uri))
        return false;
    return same_uri(sip_uri(pjsip_parse_uri(rdata->tp_info.pool, text, (size_t)uri->slen, 0)),
                    sip_uri(rdata->msg_info.msg->line.req.uri));
}

/* 0: none given; -1: not a nonce count. */
static int64_t nonce_count(const pjsip_digest_credential *credential)
{
    char text[9], *end;
    unsigned long count;

    if (credential->qop.slen == 0)
        return 0;
    if (pj_stricmp2(&credential->qop, "auth") != 0 || credential->cnonce.slen == 0 || credential->nc.slen != 8 ||
        !fx_str_copy(text, sizeof(text), &credential->nc))
        return -1;
    count = strtoul(text, &end, 16);
    return *end == '\0' && count > 0 ? (int64_t)count : -1;
}

/* What a re-transmission has in common with the first one, and nothing else has. */
static uint64_t fingerprint(const pjsip_rx_data *rdata)
{
    uint64_t parts[4] = {
        fx_hash(rdata->msg_info.cid->id.ptr, (size_t)rdata->msg_info.cid->id.slen),
        fx_hash(rdata->msg_info.via->branch_param.ptr, (size_t)rdata->msg_info.via->branch_param.slen),
        (uint64_t)rdata->msg_info.cseq->cseq,
        (uint64_t)rdata->msg_info.cseq->method.id,
    };

    return fx_hash(parts, sizeof(parts));
}

static bool is_right(pjsip_rx_data *rdata, const pjsip_digest_credential *credential, const struct fx_source *source,
                     const char *user)
{
    const struct fx_account *account = fx_account_find(user);
    int algorithm = algorithm_of(credential);
    char decoy[2][65], response[65], given[65];
    bool right;

    fx_decoy(user, decoy);
    fx_digest_response(algorithm, account != NULL ? account->ha1[algorithm] : decoy[algorithm],
                       &rdata->msg_info.msg->line.req.method.name, credential, response);
    memset(given, 0, sizeof(given));
    right = credential->response.slen == (pj_ssize_t)strlen(response) &&
            fx_str_copy(given, sizeof(given), &credential->response);
    right = fx_same_text(given, response, strlen(response)) & right;
    if (account == NULL)
        return false;
    return right & account->enabled & ((account->transports & source->transport) != 0) &
           (account->networks.count == 0 || fx_nets_hold(&account->networks, &source->ip));
}

/* By what the device calls itself, never by account: that would tell which accounts exist. */
static bool knows_md5_only(const pjsip_rx_data *rdata)
{
    static const pj_str_t name = {"User-Agent", 10};
    const pjsip_generic_string_hdr *agent = pjsip_msg_find_hdr_by_name(rdata->msg_info.msg, &name, NULL);

    return agent != NULL && fx_agent_listed(FX_MD5_ONLY, agent->hvalue.ptr, (size_t)agent->hvalue.slen);
}

static void challenge(pjsip_rx_data *rdata, const struct fx_source *source, bool stale)
{
    static const char *const names[] = {"MD5", "SHA-256"};
    char nonce[FX_NONCE + 1], headers[640];
    int length = 0;

    fx_nonce_make(&source->ip, nonce);
    for (int i = knows_md5_only(rdata) ? MD5 : SHA256; i >= MD5; i--)
        length += snprintf(headers + length, sizeof(headers) - (size_t)length,
                           "WWW-Authenticate: Digest realm=\"%s\", nonce=\"%s\", algorithm=%s, qop=\"auth\"%s\n",
                           fx_realm, nonce, names[i], stale ? ", stale=true" : "");
    fx_respond(rdata, 401, headers);
}

/* The name is that of the sender. A telephone that withholds its number calls as nobody (RFC 3323 4.1.1.3). */
static bool is_sender(pjsip_rx_data *rdata, const char *must, const char *user)
{
    const char *from = must != NULL ? must : fx_user_of(rdata->tp_info.pool, rdata->msg_info.from->uri);

    return (strcmp(user, from) == 0) | ((rdata->msg_info.msg->line.req.method.id == PJSIP_INVITE_METHOD) &
                                        (must == NULL) & (strcmp(from, "anonymous") == 0));
}

static enum fx_count verify(pjsip_rx_data *rdata, const struct fx_source *source, const char *must, char *user)
{
    const pjsip_digest_credential *credential = credentials(rdata->msg_info.msg);
    bool right, fits;
    int64_t nc;
    enum fx_nc use;

    if (credential == NULL || (nc = nonce_count(credential)) < 0 ||
        !fx_str_copy(user, FX_NAME_MAX, &credential->username))
        return FX_challenged;
    if (!fx_nonce_good(credential->nonce.ptr, (size_t)credential->nonce.slen, &source->ip))
        return FX_stale;
    right = is_right(rdata, credential, source, user);
    fits = is_sender(rdata, must, user) & uri_matches(rdata, &credential->uri);
    if (!right)
        fx_failure(source, user);
    if (!right || !fits)
        return FX_wrong;
    if (fx_is_delayed(source, user))
        return FX_delayed;
    use = fx_nonce_use(credential->nonce.ptr, (uint32_t)nc, fingerprint(rdata));
    if (use == FX_NC_AGAIN && rdata->msg_info.msg->line.req.method.id != PJSIP_INVITE_METHOD)
        use = FX_NC_FRESH; /* the answer was lost; calls have transactions, which answer for themselves */
    return use == FX_NC_FRESH ? FX_authenticated : FX_replayed;
}

bool fx_authenticate(pjsip_rx_data *rdata, const struct fx_source *source, const char *must, char user[FX_NAME_MAX])
{
    enum fx_count verdict = verify(rdata, source, must, user);

    fx_count(verdict);
    if (verdict == FX_authenticated)
        return true;
    challenge(rdata, source, verdict == FX_stale || verdict == FX_replayed);
    return false;
}
