/* Answers, and the one way to Python: an authenticated REGISTER or SUBSCRIBE, a REFER of the dialog's own source. */
#include "guard.h"

#include <stdio.h>
#include <string.h>

#define URI_MAX 512
#define HEADER_MAX 1024

static fx_on_request ask;
static pjsip_rx_data *asked; /* the request that Python is deciding about */

void fx_request_init(fx_on_request on_request)
{
    ask = on_request;
}

/* Take one "Name: value\n" off `*headers`; NULL at the end, or for a line that is not of that form. */
static pjsip_hdr *next_header(pj_pool_t *pool, const char **headers)
{
    const char *line = *headers, *end = strchr(line, '\n'), *colon = strchr(line, ':');
    pj_str_t name, value;

    if (end == NULL || colon == NULL || colon > end)
        return NULL;
    *headers = end + 1;
    pj_strset3(&name, (char *)line, (char *)colon);
    pj_strset3(&value, (char *)colon + 1, (char *)end);
    pj_strltrim(&value);
    return (pjsip_hdr *)pjsip_generic_string_hdr_create(pool, &name, &value);
}

void fx_add_headers(pj_pool_t *pool, pjsip_hdr *list, const char *headers)
{
    pjsip_hdr *header;

    while ((header = next_header(pool, &headers)) != NULL)
        pj_list_push_back(list, header);
}

void fx_respond(pjsip_rx_data *rdata, int status, const char *headers)
{
    pjsip_hdr list;

    pj_list_init(&list);
    fx_add_headers(rdata->tp_info.pool, &list, headers);
    /* A failure to send is the same as a lost datagram: the device asks again. */
    (void)pjsip_endpt_respond_stateless(fx_endpoint, rdata, status, NULL, &list, NULL);
}

int fx_answer(int status, const char *headers)
{
    pjsip_rx_data *rdata = asked;

    if (rdata == NULL || status < 200 || status > 699)
        return -1;
    asked = NULL;
    fx_respond(rdata, status, headers);
    return 0;
}

static const char *text_of(pj_pool_t *pool, const pj_str_t *text)
{
    char *copy = pj_pool_alloc(pool, (size_t)PJ_MAX(text->slen, 0) + 1);

    return fx_str_copy(copy, (size_t)PJ_MAX(text->slen, 0) + 1, text) ? copy : "";
}

/* A SIP URI without a name; "" for another one, or one that is too long. */
static const char *uri_text(pj_pool_t *pool, pjsip_uri_context_e where, pjsip_uri *uri)
{
    char *text = pj_pool_alloc(pool, URI_MAX + 1);
    int length;

    uri = pjsip_uri_get_uri(uri);
    if (!PJSIP_URI_SCHEME_IS_SIP(uri) && !PJSIP_URI_SCHEME_IS_SIPS(uri))
        return "";
    length = pjsip_uri_print(where, uri, text, URI_MAX);
    text[PJ_MAX(length, 0)] = '\0';
    return text;
}

/* The value of a header, whatever type the library has parsed it into. */
const char *fx_header_text(pjsip_rx_data *rdata, const char *name, const char *compact)
{
    pj_str_t full = pj_str((char *)name), brief = pj_str((char *)compact);
    pjsip_hdr *header = pjsip_msg_find_hdr_by_names(rdata->msg_info.msg, &full, &brief, NULL);
    char *text = pj_pool_alloc(rdata->tp_info.pool, HEADER_MAX + 1), *value;
    int length = header == NULL ? 0 : pjsip_hdr_print_on(header, text, HEADER_MAX);

    text[PJ_MAX(length, 0)] = '\0';
    value = strchr(text, ':');
    return value == NULL ? "" : value + 1 + strspn(value + 1, " ");
}

/* Where it came to, as an address to reach the box by. */
static const char *local_text(pjsip_rx_data *rdata)
{
    const pjsip_host_port *name = &rdata->tp_info.transport->local_name;
    char *text = pj_pool_alloc(rdata->tp_info.pool, URI_MAX);
    bool six = pj_strchr(&name->host, ':') != NULL;

    snprintf(text, URI_MAX, "%s%.*s%s:%d", six ? "[" : "", (int)name->host.slen, name->host.ptr, six ? "]" : "",
             name->port);
    return text;
}

static bool fill_contact(pj_pool_t *pool, pjsip_contact_hdr *header, struct fx_contact *out)
{
    static const pj_str_t instance = {"+sip.instance", 13};
    const char *text = uri_text(pool, PJSIP_URI_IN_CONTACT_HDR, header->uri);
    const pjsip_param *param;

    if (*text == '\0')
        return false;
    param = pjsip_param_find(&header->other_param, &instance);
    out->uri = text;
    out->instance = param == NULL ? "" : text_of(pool, &param->value);
    out->expires_s = header->expires == PJSIP_EXPIRES_NOT_SPECIFIED ? -1 : (int64_t)header->expires;
    return true;
}

static void fill_contacts(pjsip_rx_data *rdata, struct fx_request *out)
{
    pjsip_msg *msg = rdata->msg_info.msg;

    for (pjsip_hdr *at = msg->hdr.next; at != &msg->hdr && out->contacts >= 0; at = at->next) {
        pjsip_contact_hdr *header = (pjsip_contact_hdr *)at;

        if (at->type != PJSIP_H_CONTACT)
            continue;
        if (header->star)
            out->star = 1;
        else if (out->contacts < FX_CONTACTS_MAX &&
                 fill_contact(rdata->tp_info.pool, header, &out->contact[out->contacts]))
            out->contacts++;
        else
            out->contacts = -1;
    }
}

void fx_ask_python(pjsip_rx_data *rdata, const struct fx_source *source, const char *user)
{
    static const pj_str_t agent_name = {"User-Agent", 10};
    pjsip_msg *msg = rdata->msg_info.msg;
    pj_pool_t *pool = rdata->tp_info.pool;
    pjsip_generic_string_hdr *agent = pjsip_msg_find_hdr_by_name(msg, &agent_name, NULL);
    pjsip_expires_hdr *expires = pjsip_msg_find_hdr(msg, PJSIP_H_EXPIRES, NULL);
    char ip[FX_IP_TEXT];
    struct fx_request request = {
        .method = text_of(pool, &msg->line.req.method.name),
        .username = user,
        .to_user = fx_user_of(pool, rdata->msg_info.to->uri),
        .call_id = text_of(pool, &rdata->msg_info.cid->id),
        .user_agent = agent == NULL ? "" : text_of(pool, &agent->hvalue),
        .source_ip = ip,
        .source_port = source->port,
        .transport = source->transport,
        .cseq = (uint32_t)rdata->msg_info.cseq->cseq,
        .rport = rdata->msg_info.via->rport_param >= 0,
        .expires_s = expires == NULL ? -1 : (int64_t)expires->ivalue,
        .uri_user = fx_user_of(pool, msg->line.req.uri),
        .to_uri = uri_text(pool, PJSIP_URI_IN_FROMTO_HDR, rdata->msg_info.to->uri),
        .from_uri = uri_text(pool, PJSIP_URI_IN_FROMTO_HDR, rdata->msg_info.from->uri),
        .to_tag = text_of(pool, &rdata->msg_info.to->tag),
        .from_tag = text_of(pool, &rdata->msg_info.from->tag),
        .branch = text_of(pool, &rdata->msg_info.via->branch_param),
        .event = fx_header_text(rdata, "Event", "o"),
        .refer_to = fx_header_text(rdata, "Refer-To", "r"),
        .refer_sub = fx_header_text(rdata, "Refer-Sub", "Refer-Sub"),
        .local = local_text(rdata),
    };

    fx_ip_print(&source->ip, ip);
    fill_contacts(rdata, &request);
    asked = rdata;
    if (ask != NULL)
        ask(&request);
    (void)fx_answer(500, ""); /* only if Python has not answered */
    asked = NULL;
}
