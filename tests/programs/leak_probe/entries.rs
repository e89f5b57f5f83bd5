//! Every way into the library.

use std::fmt::Debug;
use std::time::Duration;

use figment::Figment;
use from_secrets::generate::Declaration;
use from_secrets::integrations::Layer;
use from_secrets::live::{
    Derived, LiveBuilder, Projection, RefreshOutcome, Snapshot, StaleError, TestClock,
};
use from_secrets::source::Env;
use from_secrets::{Error, Live, Loader, cli};
use tokio::time::timeout;

use super::shapes::Shape;
use super::show;

/// Long enough for what happens, and short for what never does.
const MOMENT: Duration = Duration::from_millis(20);

const MAX_STALE: Duration = Duration::from_hours(1);

macro_rules! entries {
    ($($entry:ident)*) => {
        /// A public function that loads values, returns loaded values, or writes files from a declaration.
        #[derive(Clone, Copy, Debug)]
        pub(super) enum Entry {
            $($entry,)*
        }

        impl Entry {
            pub(super) const ALL: &[Self] = &[$(Self::$entry,)*];
        }
    };
}

entries! {
    Load LoadBlocking LoadWithReport DefaultLoad DefaultLoadBlocking Layer LayerOfFigment LayerOfConfig
    Live LiveBlocking DefaultLive DefaultLiveBlocking Fixed
    Get GetFresh Refresh Status Subscribe OnChange RetryOn Map
    ProjectionGet ProjectionSubscribe ProjectionOnChange ProjectionRetryOn ProjectionMap
    CheckDefaults Cli Generate
}

impl Entry {
    /// The functions of the public interface that it goes through.
    fn paths(self) -> &'static [&'static str] {
        match self {
            Self::Load => &["Loader::load"],
            Self::LoadBlocking => &["Loader::load_blocking"],
            Self::LoadWithReport => &["Loader::load_with_report"],
            Self::DefaultLoad => &["FromSecrets::load"],
            Self::CheckDefaults => &["FromSecrets::check_defaults"],
            Self::DefaultLoadBlocking => &["FromSecrets::load_blocking"],
            Self::Layer => &["Loader::layer"],
            Self::LayerOfFigment => &["Layer::data", "Layer::metadata"],
            Self::LayerOfConfig => &["Layer::collect"],
            Self::Live => &["LiveBuilder::load"],
            Self::LiveBlocking => &["LiveBuilder::load_blocking"],
            Self::DefaultLive => &["Live::load"],
            Self::DefaultLiveBlocking => &["Live::load_blocking"],
            Self::Fixed => &["Live::fixed"],
            Self::Get => &["Live::get", "Live::last_good"],
            Self::GetFresh => &["Live::get_fresh", "Live::get_fresh_blocking"],
            Self::Refresh => &["Live::refresh", "Live::refresh_blocking"],
            Self::Status => &["Live::status", "LiveStatus::serialize"],
            Self::Subscribe => &["Live::subscribe", "Subscriber::changed"],
            Self::OnChange => &["Live::on_change", "Live::on_change_since"],
            Self::RetryOn => &["Live::retry_on", "Live::retry_on_blocking"],
            Self::Map => &["Live::map", "Live::try_map", "Live::map_async"],
            Self::ProjectionGet => &["Projection::get", "Projection::last_good"],
            Self::ProjectionSubscribe => {
                &["Projection::subscribe", "ProjectionSubscriber::changed"]
            }
            Self::ProjectionOnChange => &["Projection::on_change", "Projection::on_change_since"],
            Self::ProjectionRetryOn => &["Projection::retry_on", "Projection::retry_on_blocking"],
            Self::ProjectionMap => &[
                "Projection::map",
                "Projection::try_map",
                "Projection::map_async",
                "Derived::get",
                "Derived::last_good",
                "Derived::last_error",
                "Derived::on_replace",
                "Derived::retry_on",
                "Derived::retry_on_blocking",
            ],
            Self::Cli => &["cli::run_with"],
            Self::Generate => &[
                "Declaration::cdk",
                "Declaration::cloudformation",
                "Declaration::ecs_secrets",
                "Declaration::env_example",
                "Declaration::external_secret",
                "Declaration::iam_policy",
                "Declaration::iam_write_policy",
                "Declaration::markdown",
                "Declaration::sam_policy",
                "Declaration::secret_provider_class",
                "Declaration::terraform",
            ],
        }
    }

    /// Goes that way, and shows what comes of it, be it a struct or an error.
    pub(super) async fn run<T: Shape>(self, loader: &Loader) {
        self.paths()
            .iter()
            .for_each(|path| println!("ENTERED {path}"));
        show::spec(T::SPEC);
        match self {
            Self::Load => shown(loader.load::<T>().await),
            Self::LoadBlocking => shown(loader.load_blocking::<T>()),
            Self::DefaultLoad => shown(T::load().await),
            Self::DefaultLoadBlocking => shown(T::load_blocking()),
            Self::LoadWithReport => match loader.load_with_report::<T>().await {
                Ok((whole, report)) => {
                    show::debug(&whole);
                    show::report(&report);
                }
                Err(error) => show::error(&error),
            },
            Self::Layer | Self::LayerOfFigment | Self::LayerOfConfig => {
                match loader.layer::<T>().await {
                    Ok(layer) => self.layer(layer),
                    Err(error) => show::error(&error),
                }
            }
            Self::CheckDefaults => T::check_defaults().err().iter().for_each(show::error),
            Self::Cli => commands::<T>(loader),
            Self::Generate => generated::<T>(),
            Self::DefaultLive => created(Live::<T>::load().await),
            Self::DefaultLiveBlocking => created(Live::<T>::load_blocking()),
            Self::LiveBlocking => created(builder::<T>(loader).load_blocking()),
            Self::Fixed => match loader.load::<T>().await {
                Ok(value) => created(Ok(Live::fixed(value))),
                Err(error) => show::error(&error),
            },
            _ => {
                match builder::<T>(loader).load().await {
                    Ok(live) => self.live(&live).await,
                    Err(error) => show::error(&error),
                }
                too_old::<T>(loader).await;
            }
        }
    }

    /// What others make of the values is theirs to show; that they were there is seen by their number.
    fn layer(self, layer: Layer) {
        show::debug(&layer);
        show::debug(&layer.clone().at("below"));
        match self {
            Self::LayerOfFigment => {
                println!("{:?}", figment::Provider::metadata(&layer));
                let taken = Figment::from(layer).extract::<figment::value::Dict>();
                println!(
                    "figment: {:?}",
                    taken.map(|taken| taken.len()).map_err(|_| "refused")
                );
            }
            Self::LayerOfConfig => {
                let taken = config::Source::collect(&layer);
                println!(
                    "config: {:?}",
                    taken.map(|taken| taken.len()).map_err(|_| "refused")
                );
            }
            _ => {}
        }
    }

    async fn live<T: Shape>(self, live: &Live<T>) {
        show::debug(live);
        match self {
            Self::Get => {
                snapshot(live.get());
                show::debug(&live.last_good());
            }
            Self::GetFresh => {
                snapshot(live.get_fresh().await);
                snapshot(live.get_fresh_blocking());
            }
            Self::Refresh => {
                refreshed(live.refresh().await);
                refreshed(live.refresh_blocking());
            }
            Self::Live | Self::Status => show::status(&live.status()),
            Self::Subscribe => {
                let mut changes = live.subscribe();
                match timeout(MOMENT, changes.changed()).await {
                    Ok(next) => show::debug(&next),
                    Err(_) => println!("nothing changes"),
                }
                show::debug(&changes);
            }
            Self::OnChange => {
                live.on_change(async |snapshot| show::debug(&snapshot));
                drop(live.refresh().await);
            }
            Self::RetryOn => {
                let done = live.retry_on(|_| true, async || Err::<(), _>("rejected"));
                println!("{:?}", timeout(MOMENT, done).await);
                let done = live.retry_on_blocking(|_| true, || Err::<(), _>("rejected"));
                println!("{done:?}");
            }
            Self::Map => {
                derived(live.map(|_| 1)).await;
                derived(live.try_map(|_| Ok::<_, &str>(1)).expect("a value")).await;
                let created = live.map_async(async |_| Ok::<_, &str>(1)).await;
                derived(created.expect("a value")).await;
            }
            _ => self.projection(T::projection(live)).await,
        }
    }

    async fn projection<T: Shape>(self, projection: Projection<T, T::It>) {
        show::debug(&projection);
        match self {
            Self::ProjectionGet => {
                // The field's own type need not have a `Debug`; `parts` has one that does.
                let _ = projection.last_good();
                match projection.get() {
                    Ok(_) => println!("it is fresh"),
                    Err(stale) => show::stale(&stale),
                }
            }
            Self::ProjectionSubscribe => {
                let mut changes = projection.subscribe();
                println!("{}", timeout(MOMENT, changes.changed()).await.is_ok());
                show::debug(&changes);
            }
            Self::ProjectionOnChange => projection.on_change(async |_| {}),
            Self::ProjectionRetryOn => {
                let done = projection.retry_on(|_| true, async || Err::<(), _>("rejected"));
                println!("{:?}", timeout(MOMENT, done).await);
                let done = projection.retry_on_blocking(|_| true, || Err::<(), _>("rejected"));
                println!("{done:?}");
            }
            Self::ProjectionMap => {
                derived(projection.clone().map(|_| 1)).await;
                let created = projection.clone().try_map(|_| Ok::<_, &str>(1));
                derived(created.expect("a value")).await;
                let created = projection.map_async(async |_| Ok::<_, &str>(1)).await;
                derived(created.expect("a value")).await;
            }
            _ => {}
        }
    }
}

/// A value that is derived from a struct.
async fn derived(derived: Derived<u8>) {
    let derived = derived.on_replace(async |old| println!("{old}"));
    show::debug(&derived);
    snapshot(derived.get());
    show::debug(&derived.last_good());
    println!("{:?}", derived.last_error());
    let done = derived.retry_on(|_| true, async || Err::<(), _>("rejected"));
    println!("{:?}", timeout(MOMENT, done).await);
    let done = derived.retry_on_blocking(|_| true, || Err::<(), _>("rejected"));
    println!("{done:?}");
}

/// Accesses a struct that is older than `max_stale`.
async fn too_old<T: Shape>(loader: &Loader) {
    let clock = TestClock::new();
    show::debug(&clock);
    let live = match builder::<T>(loader).clock(&clock).load().await {
        Ok(live) => live,
        Err(error) => return show::error(&error),
    };
    let (projection, number) = (T::projection(&live), live.map(|_| 1_u8));
    clock.advance(2 * MAX_STALE);
    show::status(&live.status());
    snapshot(live.get());
    projection.get().err().iter().for_each(show::stale);
    snapshot(number.get());
    snapshot(live.get_fresh().await);
}

fn refreshed(refreshed: Result<RefreshOutcome, Error>) {
    match refreshed {
        Ok(outcome) => show::debug(&outcome),
        Err(error) => show::error(&error),
    }
}

fn snapshot<T: Debug>(snapshot: Result<Snapshot<T>, StaleError>) {
    match snapshot {
        Ok(snapshot) => show::debug(&snapshot),
        Err(stale) => show::stale(&stale),
    }
}

fn created<T: Shape>(live: Result<Live<T>, Error>) {
    match live {
        Ok(live) => {
            show::debug(&live);
            snapshot(live.get());
        }
        Err(error) => show::error(&error),
    }
}

fn shown<T: Shape>(loaded: Result<T, Error>) {
    match loaded {
        Ok(loaded) => show::debug(&loaded),
        Err(error) => show::error(&error),
    }
}

fn builder<T: Shape>(loader: &Loader) -> LiveBuilder<T> {
    let builder = Live::builder()
        .loader(loader.clone())
        .ttl(Duration::from_nanos(1))
        .max_stale(MAX_STALE)
        .rotation_window(Duration::ZERO)
        .min_refresh_interval(Duration::from_millis(1))
        .background_refresh(false);
    show::debug(&builder);
    builder
}

/// Each subcommand, as the program of an application runs it, on a thread that drives no runtime.
fn commands<T: Shape>(loader: &Loader) {
    for line in [
        "check",
        "check -v",
        "check --format json",
        "push --dry-run",
        "push --yes",
        "diff env env",
        "policy",
        "env",
        "docs",
        "snippet ecs",
        "completions bash",
    ] {
        let arguments: Vec<&str> = ["witness"].into_iter().chain(line.split(' ')).collect();
        let loader = loader.clone();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let code = cli::run_with::<T>(loader, arguments);
                println!("{line}: {code:?}");
            });
        });
    }
}

fn generated<T: Shape>() {
    let declaration = Declaration::of::<T>()
        .region("us-east-1")
        .account("123456789012");
    show::debug(&declaration);
    for document in [
        declaration.cdk(),
        declaration.cloudformation(),
        declaration.ecs_secrets(),
        declaration.env_example(),
        declaration.external_secret(),
        declaration.iam_policy(),
        declaration.iam_write_policy(),
        declaration.markdown(),
        declaration.sam_policy(),
        declaration.secret_provider_class(),
        declaration.terraform(),
    ] {
        match document {
            Ok(document) => {
                show::display(&document);
                println!("{:?}", document.notes());
            }
            Err(error) => show::error(&error),
        }
    }
    show::debug(&Env::new());
}
