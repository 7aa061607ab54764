"""Web addresses: the query parameters that track readers, and logins."""

# ruff: noqa: SIM905 - long lists are easier to read as text

import re
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

# What trackers, mail services and share buttons add, of the names in the lists of courlan, Brave and ClearURLs that no
# site needs to find its page. Names such as `ref`, `source` or `id` are not among them: pages depend on them.
_FAMILIES = tuple(
    """
    utm_ mtm_ pk_ piwik_ matomo_ hsa_ mc_ mkt_ oly_ vero_ itm_ at_ ns_ stm_ sfmc_ iterable wt_ wt. bsft_ __hs mailchimp_
    ml_subscriber sc_cam sc_cha sc_med sc_con sc_out share_s share_p share_t share_m _bta_ elqtrack gtm_ dm_ pd_rd_
    bxid ga_ gs_l hmb_ otm_ oft_ trk_ gad_ vn_ dop_ cm_mmc fb_action_ fb_comment_ _branch_ mindbox- __cft__ echobox
    """.split()
)
_NAMES = frozenset(
    """
    fbclid gclid gclsrc dclid yclid ymclid msclkid twclid ttclid tgclid wbraid gbraid igshid igsh mibextid dicbo
    epik li_fat_id rdt_cid rb_clickid irclickid irgwc awc obclick wickedid ef_id s_kwcid s_cid cmpid cmp ncid icid
    ocid mkwid pcrid intcmp icmp cmpgn xtor ftcamp ftag smid smtyp sref sr_share trk trkcampaign trkemail trkinfo
    spm scm vd_source unique_k guccounter guce_referrer guce_referrer_sig nr_email_referer elq elqaid elqat elqak
    omnisendcontactid _branch_match_id vgo_ee campaign_id campaignid mbid srsltid wprov _openstat _hsenc _hsmi
    hsctatracking hss_channel __s _ke _kx _ga _gl __twitter_impression ref_src ref_url fb_action_ids fb_action_types
    fb_source fb_ref action_object_map action_type_map action_ref_map
    gbraid ysclid _bhlid bbeml wtrid wtmc tracking_source trackingid ceneo_spo os_ehash hootpostid et_rid et_cid cndid
    intcid taid i_cid n_cid xt_at __source cm_lm cm_ite cm_re cm_ven cm_pla cm_cat __tn__ fref hc_ref sc_customer sc_eh
    sc_uid sc_llid sc_lid sc_src ss_email_id ss_source ss_campaign_id spmailingid spuserid spjobid spreportid
    unicorn_click_id lb_email emci emdi ceid mkcid mkevt mkrid user_email_address click_key click_sum k_clickid
    email_referrer email_source traffic_source nr_email_campaign sms_source sms_click sms_uph
    """.split()
)
# Names that say where a reader came from if their value is a channel, and otherwise may name the page.
_ORIGINS = frozenset(
    "partner emc ref ref_ referrer referer source src from via origin medium campaign cid mod feed f rss".split()
)
_CHANNELS = frozenset(
    """
    rss rss2 rss20 rssfeed rss_feed rss-feed atom feed feeds feedburner feedly newsletter newsletters email e-mail mail
    twitter facebook linkedin whatsapp telegram instagram reddit
    """.split()
)
# What a site adds to its own addresses to see who shared them.
_TRACKING_OF_SITES = {
    "youtube.com": ("si", "feature", "pp", "ab_channel"),
    "youtu.be": ("si", "feature"),
    "spotify.com": ("si",),
    "x.com": ("s", "t", "ref_src"),
    "twitter.com": ("s", "t", "ref_src"),
    "instagram.com": ("igsh", "img_index"),
    "linkedin.com": ("trk", "rcm"),
    "tiktok.com": ("_t", "_r", "is_from_webapp"),
    "medium.com": ("source", "sk"),
    "bilibili.com": ("share_source", "vd_source", "bbid", "ts", "from_source", "seid", "msource", "refer_from"),
    "facebook.com": ("eid", "refsrc", "ref", "paipv", "_rdr"),
    "reddit.com": ("share_id", "correlation_id", "ref_source", "ref_campaign", "rdt"),
    "google.com": ("ved", "ei", "sa", "usg", "oc", "gs_lcp", "sxsrf", "sca_esv"),
    "yle.fi": ("origin",),
    "hs.fi": ("share",),
    "weibo.com": ("weibo_id", "dt_dapp"),
    "change.org": ("source_location", "psf_variant", "share_intent"),
}
_MARKS_OF_SERVICES = ("ref", "attribution_id", "attribution_type")  # as Ghost adds them to links
_SETTINGS = re.compile(
    r"[\w.-]+=[^/?#&]*(?:&[\w.-]+=[^/?#&]*)*"
)  # a fragment of names and values, not a place of a page


def tracking_parameters(query: str, host: str = "") -> list[str]:
    """The names of the query's parameters that track readers."""
    pairs = parse_qsl(query, keep_blank_values=True)
    return [name for name, value in pairs if _is_tracking(name, value, host)]


def without_tracking(query: str, host: str = "") -> str:
    """The query without the parameters that track readers; unchanged where it has none."""
    if not tracking_parameters(query, host):
        return query
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode([(name, value) for name, value in pairs if not _is_tracking(name, value, host)])


def tracking_in(address: str) -> str | None:
    """The first parameter of an address that tracks readers; None without one."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    host, settings = parts.hostname or "", parts.fragment if _SETTINGS.fullmatch(parts.fragment) else ""
    return next(iter([*tracking_parameters(parts.query, host), *tracking_parameters(settings, host)]), None)


def untracked(parts: SplitResult) -> SplitResult:
    """An address without the parameters that track readers, in its query or, as some sites have them, its fragment."""
    host, fragment = parts.hostname or "", parts.fragment
    if _SETTINGS.fullmatch(fragment):
        fragment = without_tracking(fragment, host)
    return parts._replace(query=without_tracking(parts.query, host), fragment=fragment)


def link_key(address: str) -> str:
    """What stays of an address when services count the clicks on it: host, path, and query without their marks."""
    try:
        parts = untracked(urlsplit(address.strip()))
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return address.strip()
    pairs = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in _MARKS_OF_SERVICES]
    path, query = unquote(parts.path).rstrip("/"), urlencode(sorted(pairs))
    return f"{host}{path}" + f"?{query}" * bool(query) + f"#{parts.fragment}" * bool(parts.fragment)


def _is_tracking(name: str, value: str, host: str) -> bool:
    name = name.lower()
    if name.startswith(_FAMILIES) or name in _NAMES:
        return True
    if name in _ORIGINS and value.lower() in _CHANNELS:
        return True
    site = ".".join(host.removeprefix("www.").removeprefix("m.").rsplit(".", 2)[-2:])
    return name in _TRACKING_OF_SITES.get(site, ())


def split_login(url: str) -> tuple[str, str]:
    """The address without its user and password, and those two as the address has them; "" where it has none.

    ValueError for what is no address.
    """
    parts = urlsplit(url)
    login, at, host = parts.netloc.rpartition("@")
    return (parts._replace(netloc=host).geturl(), login) if at else (url, "")


def login_variable(url: str, what: str = "login") -> str:
    """The name of an environment variable for the login at an address: NEWS_EXAMPLE_LOGIN."""
    host = urlsplit(url).hostname or ""
    return re.sub(r"[^A-Z0-9]+", "_", f"{'' if host[:1].isalpha() else 'HOST_'}{host}_{what}".upper())


def login_header(url: str, login: str, variable: str = "") -> dict[str, str]:
    """The header for an address with a login, whose value is a variable: the login itself is in no file."""
    return {"Authorization": f"Basic ${{{variable or login_variable(url)}:-}}"} if login else {}
