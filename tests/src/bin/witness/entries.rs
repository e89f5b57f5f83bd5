//! Every way into the library.

use std::time::Duration;

use figment::Figment;
use from_secrets::generate::Declaration;
use from_secrets::{Environment, Error, Layer, Live, LiveBuilder, Loader, Refreshed, cli};
use tokio::time::timeout;

use super::shapes::Shape;
use super::show;

/// Long enough for what happens, and short for what never does.
const MOMENT: Duration = Duration::from_millis(20);

macro_rules! entries {
    ($($entry:ident)*) => {
        /// A public function that loads, gives out what was loaded, or writes what a declaration says.
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
    Live LiveBlocking DefaultLive Get Last Current Refresh Changed Status Watch RetryOn
    PartGet PartChanged PartMap
    Cli Generate
}

impl Entry {
    /// The functions of the public interface that it goes through.
    fn paths(self) -> &'static [&'static str] {
        match self {
            Self::Load => &["Loader::load"],
            Self::LoadBlocking => &["Loader::load_blocking"],
            Self::LoadWithReport => &["Loader::load_with_report"],
            Self::DefaultLoad => &["FromSecrets::load"],
            Self::DefaultLoadBlocking => &["FromSecrets::load_blocking"],
            Self::Layer => &["Loader::layer"],
            Self::LayerOfFigment => &["Layer::data", "Layer::metadata"],
            Self::LayerOfConfig => &["Layer::collect"],
            Self::Live => &["LiveBuilder::load"],
            Self::LiveBlocking => &["LiveBuilder::load_blocking"],
            Self::DefaultLive => &["Live::load"],
            Self::Get => &["Live::get"],
            Self::Last => &["Live::last"],
            Self::Current => &["Live::current"],
            Self::Refresh => &["Live::refresh"],
            Self::Changed => &["Live::changed"],
            Self::Status => &["Live::status"],
            Self::Watch => &["Live::watch"],
            Self::RetryOn => &["Live::retry_on"],
            Self::PartGet => &["Part::get"],
            Self::PartChanged => &["Part::changed"],
            Self::PartMap => &["Part::map", "Mapped::get"],
            Self::Cli => &["cli::run_with"],
            Self::Generate => &[
                "Declaration::cloudformation",
                "Declaration::ecs_secrets",
                "Declaration::env_example",
                "Declaration::iam_policy",
                "Declaration::markdown",
                "Declaration::sam_policy",
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
            Self::Cli => commands::<T>(loader),
            Self::Generate => generated::<T>(),
            Self::DefaultLive => match Live::<T>::load().await {
                Ok(live) => show::debug(&live),
                Err(error) => show::error(&error),
            },
            Self::LiveBlocking => match builder::<T>(loader).load_blocking() {
                Ok(live) => show::debug(&live),
                Err(error) => show::error(&error),
            },
            _ => {
                // One that is always too old, and one that never is.
                for max_stale in [Duration::from_nanos(1), Duration::from_hours(1)] {
                    match builder::<T>(loader).max_stale(max_stale).load().await {
                        Ok(live) => self.live(&live).await,
                        Err(error) => show::error(&error),
                    }
                }
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
            Self::Get => match live.get() {
                Ok(snapshot) => show::debug(&snapshot),
                Err(stale) => show::stale(&stale),
            },
            Self::Last => show::debug(&live.last()),
            Self::Current => match live.current().await {
                Ok(snapshot) => show::debug(&snapshot),
                Err(stale) => show::stale(&stale),
            },
            Self::Refresh => match live.refresh().await {
                Ok(refreshed) => show::debug::<Refreshed>(&refreshed),
                Err(error) => show::error(&error),
            },
            Self::Changed => match timeout(MOMENT, live.changed()).await {
                Ok(changed) => show::debug(&changed),
                Err(_) => println!("nothing changes"),
            },
            Self::Live | Self::Status => show::status(&live.status()),
            Self::Watch => {
                show::debug(&live.watch());
                show::debug(&live.watch().borrow());
            }
            Self::RetryOn => {
                let done = live.retry_on(|_: &&str| true, || async { Err::<(), _>("refused") });
                println!("{:?}", timeout(MOMENT, done).await);
            }
            Self::PartGet => {
                let part = T::part(live);
                show::debug(&part);
                match part.get() {
                    // The field's own type need not have a `Debug`; `parts` has one that does.
                    Ok(_) => println!("it is there"),
                    Err(stale) => show::stale(&stale),
                }
            }
            Self::PartChanged => {
                let mut part = T::part(live);
                println!("{}", timeout(MOMENT, part.changed()).await.is_ok());
            }
            Self::PartMap => {
                let mapped = T::part(live).map(|_| ());
                show::debug(&mapped);
                match mapped.get() {
                    Ok(made) => show::debug(&made),
                    Err(stale) => show::stale(&stale),
                }
            }
            _ => {}
        }
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
        .max_stale(Duration::from_nanos(1))
        .min_interval(Duration::ZERO)
        .timer(false);
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
        declaration.cloudformation(),
        declaration.ecs_secrets(),
        declaration.env_example(),
        declaration.iam_policy(),
        declaration.markdown(),
        declaration.sam_policy(),
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
    show::debug(&Environment::process());
}
