/* Compile-time settings of pjproject for fxbox. Part of the build's cache key: change one, and it is rebuilt. */
#define PJSUA_MAX_CALLS 512
#define PJSUA_MAX_ACC 256
#define PJSUA_MAX_CONF_PORTS 2048
#define PJSUA_MAX_PLAYERS 512
#define PJSUA_MAX_RECORDERS 512
/* Each of the two queues takes half a kilobyte a handle, used or not. */
#define PJ_IOQUEUE_MAX_HANDLES 2048
#define PJSIP_MAX_TSX_COUNT 8191
#define PJSIP_MAX_DIALOG_COUNT 4095
#define PJSIP_MAX_PKT_LEN 16000
#define PJMEDIA_HAS_VIDEO 0
#define PJMEDIA_SRTP_HAS_DTLS 1
/* EPOLLEXCLUSIVE, the default, costs four epoll_ctl a packet. */
#define PJ_IOQUEUE_DEFAULT_EPOLL_FLAGS 0
/* Connections that never say anything are closed after 10 s. */
#define PJSIP_TCP_INITIAL_TIMEOUT 10
#define PJSIP_TRANSPORT_SERVER_IDLE_TIME_FIRST 10
/* RTCP follows the RTP source that the stream has locked on to; it never moves on its own. */
#define PJMEDIA_RTCP_NAT_PROBATION_CNT 0x7fffffff
/* The bridge runs at 8 kHz: where a phone offers wideband and G.711, G.711 sounds the same through it and costs a
 * fifth, so our order counts. */
#define PJMEDIA_SDP_NEG_PREFER_REMOTE_CODEC_ORDER 0
/* G.722 at the level of spandsp, thus of Asterisk, FreeSWITCH and baresip. The default is 6 dB less, and doubled for
 * the rest of the call, in both directions, when the decoder has clipped. */
#define PJMEDIA_G722_DEFAULT_PCM_SHIFT 1
#define PJMEDIA_G722_STOP_PCM_SHIFT_ON_CLIPPING 0
