/* The first look at a message, as bytes, before pjsip parses it: who sends it, how often, how long it is, what it is
 * made of. Whatever fails is dropped without an answer; a scanner learns nothing, not even that somebody listens.
 */
#define _GNU_SOURCE /* memmem */
#include "guard.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { VIA = 1, FROM = 2, TO = 4, CALL_ID = 8, CSEQ = 16, REQUIRED = 31, USER_AGENT = 32 };

static const struct {
    const char *name;
    char compact;
    unsigned bit;
} NAMES[] = {{"Via", 'v', VIA},   {"From", 'f', FROM},  {"To", 't', TO},
             {"Call-ID", 'i', CALL_ID}, {"CSeq", 0, CSEQ}, {"User-Agent", 0, USER_AGENT}};

/* Which header of NAMES a line holds, 0 = another one. */
static unsigned header_of(const char *line, size_t length)
{
    const char *colon = memchr(line, ':', length);
    size_t name = colon == NULL ? 0 : (size_t)(colon - line);

    while (name > 0 && (line[name - 1] == ' ' || line[name - 1] == '\t'))
        name--;
    for (size_t i = 0; i < PJ_ARRAY_SIZE(NAMES); i++) {
        if (name == strlen(NAMES[i].name) && strncasecmp(line, NAMES[i].name, name) == 0)
            return NAMES[i].bit;
        if (name == 1 && NAMES[i].compact != 0 && tolower((unsigned char)*line) == NAMES[i].compact)
            return NAMES[i].bit;
    }
    return 0;
}

static unsigned commas(const char *line, size_t length)
{
    unsigned count = 0;

    for (size_t i = 0; i < length; i++)
        count += line[i] == ',';
    return count;
}

static size_t line_length(const char *at, const char *end)
{
    const char *newline = memchr(at, '\n', (size_t)(end - at));

    return newline == NULL ? (size_t)(end - at) : (size_t)(newline - at) + 1;
}

static bool is_blank(const char *line, size_t length)
{
    return (length == 1 && *line == '\n') || (length == 2 && *line == '\r');
}

static enum fx_count check_head(const char *at, const char *end, const char **body)
{
    unsigned headers = 0, vias = 0, seen = 0, current = 0;
    size_t length;

    for (; at < end; at += length) {
        length = line_length(at, end);
        if (is_blank(at, length)) {
            at += length;
            break;
        }
        if (memchr(at, '\0', length) != NULL)
            return FX_malformed;
        if (*at != ' ' && *at != '\t') {
            current = header_of(at, length);
            headers++;
            vias += current == VIA;
            seen |= current;
            if (current == USER_AGENT && fx_agent_listed(FX_SCANNERS, at, length))
                return FX_scanner;
        }
        if (current == VIA)
            vias += commas(at, length);
        if (headers > fx_limits.headers)
            return FX_headers;
        if (vias > fx_limits.vias)
            return FX_vias;
    }
    *body = at;
    return (seen & REQUIRED) == REQUIRED ? FX_passed : FX_malformed;
}

/* What the parsers of bodies must not be fed: endless crypto lines, deep XML. */
static enum fx_count check_body(const char *at, const char *end)
{
    unsigned crypto = 0, depth = 0;
    const char *tag;

    for (const char *line = at; line < end; line += line_length(line, end))
        if (end - line > 8 && strncasecmp(line, "a=crypto", 8) == 0 && ++crypto > fx_limits.crypto_lines)
            return FX_crypto_lines;
    for (; at + 1 < end && (tag = memchr(at, '<', (size_t)(end - at - 1))) != NULL; at = tag + 1) {
        if (isalpha((unsigned char)tag[1]) && ++depth > fx_limits.xml_depth)
            return FX_xml_depth;
        if (tag[1] == '/' && depth > 0)
            depth--;
    }
    return FX_passed;
}

enum fx_count fx_raw_check(const char *message, size_t length, bool known)
{
    const char *end = message + length, *body = end;
    size_t first = line_length(message, end);
    enum fx_count verdict;

    if (length > (known ? fx_limits.size_known : fx_limits.size_unknown))
        return FX_oversized;
    if (length == 0 || !isalpha((unsigned char)*message) || memmem(message, first, "SIP/2.0", 7) == NULL)
        return FX_malformed;
    verdict = check_head(message + first, end, &body);
    return verdict == FX_passed ? check_body(body, end) : verdict;
}

int fx_examine(const char *message, uint32_t length, int known)
{
    return fx_raw_check(message, length, known != 0);
}

/* Length of the message at the start of a stream's data, 0 = not all of it is there, more than `limit` = too long. */
static size_t stream_message(const char *data, size_t length, size_t limit)
{
    const char *end = memmem(data, length, "\n\r\n", 3);
    size_t head, body = 0;

    if (end == NULL)
        return length > limit ? length : 0;
    head = (size_t)(end - data) + 3;
    for (const char *line = data; line < end; line += line_length(line, end)) {
        size_t name = strncasecmp(line, "Content-Length", 14) == 0 ? 14 : (*line == 'l' || *line == 'L') ? 1 : 0;

        while (name > 0 && (line[name] == ' ' || line[name] == '\t'))
            name++;
        if (name > 0 && line[name] == ':')
            body = strtoul(line + name + 1, NULL, 10);
    }
    if (body > limit)
        return limit + 1;
    return head + body <= length || head + body > limit ? head + body : 0;
}

static enum fx_count verdict_of(const struct fx_source *source, const char *message, size_t length)
{
    enum fx_count verdict;

    if (!fx_is_exempt(source) && fx_is_banned(&source->ip))
        return FX_banned;
    if (!fx_is_heard(source))
        return FX_wan;
    verdict = fx_rate_check(source);
    return verdict == FX_passed ? fx_raw_check(message, length, source->class != FX_UNKNOWN) : verdict;
}

pj_status_t fx_raw_filter(pjsip_tp_rx_data *data)
{
    bool stream = (data->tp->flag & PJSIP_TRANSPORT_DATAGRAM) == 0;
    size_t length = data->len;
    struct fx_source source;
    enum fx_count verdict;

    if (!fx_on_loop() || !fx_source_of(data->rdata, &source)) {
        data->len = 0;
        return PJ_SUCCESS;
    }
    if (stream) {
        size_t limit = source.class == FX_UNKNOWN ? fx_limits.size_unknown : fx_limits.size_known;

        length = stream_message(data->data, data->len, limit);
        if (length == 0)
            return PJ_SUCCESS; /* the rest is still to come */
    }
    verdict = verdict_of(&source, data->data, length);
    fx_count(verdict);
    if (verdict == FX_passed)
        return PJ_SUCCESS;
    /* A datagram, or one message of a stream, goes; a stream that has lost its frame cannot go on. */
    if (stream && (length > data->len || verdict == FX_oversized || verdict == FX_malformed || verdict == FX_banned)) {
        length = data->len;
        pjsip_transport_shutdown(data->tp);
    }
    data->len -= length;
    return PJ_SUCCESS;
}
