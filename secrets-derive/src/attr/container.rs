use syn::{Attribute, ExprPath, LitStr, Path};

use super::entry::Entry;
use super::{Ctxt, Flag, Level, Repeated, Slot, Text, read};
use crate::case::Case;

pub(super) const KEYS: &[&str] = &[
    "prefix",
    "name",
    "alias",
    "env_prefix",
    "rename_all",
    "deny_unknown_keys",
    "default",
    "validate",
    "transparent",
    "debug",
    "crate",
];

/// The keys of `#[secrets(…)]`.
#[derive(Default)]
pub(crate) struct ContainerKeys {
    pub(crate) prefix: Slot<LitStr>,
    pub(crate) name: Slot<Text>,
    pub(crate) aliases: Repeated<LitStr>,
    pub(crate) env_prefix: Slot<LitStr>,
    pub(crate) rename_all: Slot<Option<Case>>,
    pub(crate) deny_unknown_keys: Slot<Flag>,
    pub(crate) default: Slot<Flag>,
    pub(crate) validate: Slot<Option<ExprPath>>,
    pub(crate) transparent: Slot<Flag>,
    pub(crate) debug: Slot<Flag>,
    pub(crate) runtime: Slot<Option<Path>>,
}

impl ContainerKeys {
    pub(crate) fn read(ctxt: &Ctxt, attributes: &[Attribute]) -> Self {
        let mut keys = Self::default();
        for entry in read::entries(ctxt, attributes, Level::Struct) {
            keys.add(ctxt, &entry);
        }
        keys
    }

    fn add(&mut self, ctxt: &Ctxt, entry: &Entry) {
        match entry.key.to_string().as_str() {
            "prefix" => self.prefix.set(ctxt, entry, entry.text(ctxt)),
            "name" => self.name.set(ctxt, entry, entry.text_or_constant(ctxt)),
            "alias" => self.aliases.add(entry, entry.text_or_none(ctxt)),
            "env_prefix" => self.env_prefix.set(ctxt, entry, entry.text(ctxt)),
            "rename_all" => self.rename_all.set(ctxt, entry, case(ctxt, entry)),
            "deny_unknown_keys" => self.deny_unknown_keys.set(ctxt, entry, entry.flag(ctxt)),
            "default" => self.default.set(ctxt, entry, entry.flag(ctxt)),
            "validate" => self.validate.set(ctxt, entry, entry.function(ctxt)),
            "transparent" => self.transparent.set(ctxt, entry, entry.flag(ctxt)),
            "debug" => self.debug.set(ctxt, entry, entry.flag(ctxt)),
            "crate" => self.runtime.set(ctxt, entry, entry.path(ctxt)),
            _ => entry.unknown(ctxt, Level::Struct),
        }
    }
}

fn case(ctxt: &Ctxt, entry: &Entry) -> Option<Case> {
    let text = entry.text_or_none(ctxt)?;
    let name = text.value();
    let case = Case::parse(&name);
    if case.is_none() {
        ctxt.error(
            text.span(),
            format!("unknown case `{name}`"),
            Case::help(&name),
        );
    }
    case
}
