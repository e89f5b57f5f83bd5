//! Plans that later loads reuse.

use std::collections::BTreeMap;
use std::ptr;
use std::sync::Arc;

use super::Plan;
use crate::error::Flaw;
use crate::per_process::PerProcess;
use crate::spec::Spec;

/// The latest plan of each declaration, by its address. A declaration is never freed.
type KnownPlans = BTreeMap<usize, Arc<Plan>>;

impl Plan {
    /// Returns the plan of an earlier load if all placeholders have the same values as then, and a new one otherwise.
    pub(crate) fn reused(
        spec: &'static Spec,
        placeholder: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Arc<Self>, Vec<Flaw>> {
        static KNOWN: PerProcess<KnownPlans> = PerProcess::new();
        let address = ptr::from_ref(spec).addr();
        let known = KNOWN.with(|known| known.get(&address).cloned());
        if let Some(known) = known.filter(|known| known.is_for(placeholder)) {
            return Ok(known);
        }
        let plan = Arc::new(Self::new(spec, placeholder)?);
        KNOWN.with(|known| known.insert(address, Arc::clone(&plan)));
        Ok(plan)
    }
}
