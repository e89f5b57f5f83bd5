//! Each source and each kind of value, with the number of copies that dependencies leave in memory.

use crate::places::{self, Place, plain, rough};

/// A row of the table.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) place: Place,
    /// The case that the program loads.
    pub(crate) what: &'static str,
    /// The same case in the program that uses the SDK directly.
    pub(crate) by_hand: Option<&'static str>,
    /// The number of copies in the struct.
    pub(crate) stored: usize,
    /// The number of copies that dependencies leave: the buffer of the HTTP client has one of each value, `rustls` has
    /// two more, and the environment block of the process has its variables.
    pub(crate) others: usize,
}

/// With plain HTTP: in hyper's buffer.
const HTTP: usize = 1;
/// With TLS: in hyper's buffer, and in two buffers of `rustls`.
const TLS: usize = 3;
/// The process's environment block.
const BLOCK: usize = 1;

fn case(
    name: &'static str,
    place: Place,
    what: &'static str,
    stored: usize,
    others: usize,
) -> Case {
    Case {
        name,
        place,
        what,
        by_hand: None,
        stored,
        others,
    }
}

impl Case {
    fn by_hand(self, what: &'static str) -> Self {
        Self {
            by_hand: Some(what),
            ..self
        }
    }
}

pub(crate) fn cases() -> Vec<Case> {
    secrets_manager().into_iter().chain(others()).collect()
}

fn secrets_manager() -> Vec<Case> {
    let aws = |name, text: &str, tls| {
        let others = if tls { TLS } else { HTTP };
        case(name, places::aws_one(tls, text), "one", 1, others).by_hand("one")
    };
    vec![
        aws("`aws`, a text", &plain(1), false),
        aws("the same over TLS", &plain(2), true),
        aws("`aws`, a text that JSON escapes", &rough(3), false),
        aws("the same over TLS", &rough(4), true),
        case(
            "`aws`, ten texts",
            places::aws_ten(false),
            "ten",
            10,
            10 * HTTP,
        )
        .by_hand("ten"),
        case(
            "the same over TLS",
            places::aws_ten(true),
            "ten",
            10,
            10 * TLS,
        )
        .by_hand("ten"),
        case(
            "`aws`, three JSON keys",
            places::aws_keys(false),
            "keys",
            3,
            3 * HTTP,
        )
        .by_hand("keys"),
        case(
            "the same over TLS",
            places::aws_keys(true),
            "keys",
            3,
            3 * TLS,
        )
        .by_hand("keys"),
        case("`aws`, bytes", places::aws_binary(false), "binary", 1, HTTP).by_hand("binary"),
        case(
            "the same over TLS",
            places::aws_binary(true),
            "binary",
            1,
            TLS,
        )
        .by_hand("binary"),
        case(
            "`aws`, a text that its type does not store",
            places::aws_one(false, &plain(5)),
            "read",
            0,
            HTTP,
        ),
        case(
            "`aws`, a text that its type rejects",
            places::aws_one(false, &rough(6)),
            "refused",
            0,
            HTTP,
        ),
        case(
            "`aws`, a load that is dropped during a response",
            places::aws_cut_off(),
            "cut-off",
            0,
            10 * HTTP,
        ),
    ]
}

fn others() -> Vec<Case> {
    vec![
        case("`ssm`", places::parameter(), "one", 1, HTTP).by_hand("parameter"),
        case("`agent`", places::agent_one(&plain(7)), "one", 1, HTTP),
        case(
            "`agent`, a text that JSON escapes",
            places::agent_one(&rough(8)),
            "one",
            1,
            HTTP,
        ),
        case(
            "`agent`, three JSON keys",
            places::agent_keys(),
            "keys",
            3,
            3 * HTTP,
        ),
        case("`agent`, bytes", places::agent_binary(), "binary", 1, HTTP),
        case("`files`", places::file(&rough(9)), "one", 1, 0).by_hand("file"),
        case(
            "`files`, three JSON keys",
            places::file_of_keys(),
            "keys",
            3,
            0,
        ),
        case("`env-files`", places::variable_file(), "one", 1, 0).by_hand("file"),
        case("`dotenv`", places::dotenv(), "one", 1, 0),
        case("`env`", places::environment(), "one", 1, BLOCK).by_hand("variable"),
        case(
            "`env`, bytes",
            places::environment_binary(),
            "binary",
            1,
            BLOCK,
        ),
        case(
            "`env`, a value that its type rejects",
            places::environment_rejected(),
            "refused",
            0,
            3 * BLOCK,
        ),
    ]
}
