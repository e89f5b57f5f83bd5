//! Structs with `#[derive(FromSecrets)]`.

use std::time::Duration;

use from_secrets::{ExposeSecret, FromSecrets, Loader, SecretString};

use crate::{Contender, Runtime, Wanted};

/// A profiler can make a load take longer than the default timeout.
const PATIENCE: Duration = Duration::from_secs(600);

#[derive(FromSecrets)]
pub struct One {
    pub a: SecretString,
}

#[derive(FromSecrets)]
struct Two {
    a: SecretString,
    b: SecretString,
}

#[derive(FromSecrets)]
struct Five {
    a: SecretString,
    b: SecretString,
    c: SecretString,
    d: SecretString,
    e: SecretString,
}

#[derive(FromSecrets)]
pub struct Ten {
    a: SecretString,
    b: SecretString,
    c: SecretString,
    d: SecretString,
    e: SecretString,
    f: SecretString,
    g: SecretString,
    h: SecretString,
    i: SecretString,
    j: SecretString,
}

#[derive(FromSecrets)]
struct Twenty {
    #[secret(flatten, prefix = "P_")]
    p: Ten,
    #[secret(flatten, prefix = "Q_")]
    q: Ten,
}

#[derive(FromSecrets)]
struct FortyFive {
    #[secret(flatten, prefix = "P_")]
    p: Ten,
    #[secret(flatten, prefix = "Q_")]
    q: Ten,
    #[secret(flatten, prefix = "R_")]
    r: Ten,
    #[secret(flatten, prefix = "S_")]
    s: Ten,
    #[secret(flatten, prefix = "T_")]
    t: Five,
}

#[derive(FromSecrets)]
struct Hundred {
    #[secret(flatten, prefix = "P_")]
    p: Ten,
    #[secret(flatten, prefix = "Q_")]
    q: Ten,
    #[secret(flatten, prefix = "R_")]
    r: Ten,
    #[secret(flatten, prefix = "S_")]
    s: Ten,
    #[secret(flatten, prefix = "T_")]
    t: Ten,
    #[secret(flatten, prefix = "U_")]
    u: Ten,
    #[secret(flatten, prefix = "V_")]
    v: Ten,
    #[secret(flatten, prefix = "W_")]
    w: Ten,
    #[secret(flatten, prefix = "X_")]
    x: Ten,
    #[secret(flatten, prefix = "Y_")]
    y: Ten,
}

#[derive(FromSecrets)]
struct TwoHundred {
    #[secret(flatten, prefix = "K_")]
    k: Hundred,
    #[secret(flatten, prefix = "L_")]
    l: Hundred,
}

#[derive(FromSecrets)]
#[secrets(name = "JSON")]
struct Json {
    a: SecretString,
    b: SecretString,
    c: SecretString,
    d: SecretString,
    e: SecretString,
    f: SecretString,
    g: SecretString,
    h: SecretString,
    i: SecretString,
    j: SecretString,
}

/// The total length of all values.
trait Total {
    fn total(&self) -> usize;
}

impl Total for SecretString {
    fn total(&self) -> usize {
        self.expose_secret().len()
    }
}

macro_rules! total {
    ($($name:ident: $($field:ident)*;)*) => {$(
        impl Total for $name {
            fn total(&self) -> usize {
                [$(self.$field.total()),*].iter().sum()
            }
        }
    )*};
}

total! {
    One: a;
    Two: a b;
    Five: a b c d e;
    Ten: a b c d e f g h i j;
    Twenty: p q;
    FortyFive: p q r s t;
    Hundred: p q r s t u v w x y;
    TwoHundred: k l;
    Json: a b c d e f g h i j;
}

#[derive(Debug)]
pub struct Declared {
    runtime: Runtime,
    wanted: Wanted,
}

impl Contender for Declared {
    fn new(wanted: &Wanted) -> Self {
        Self {
            runtime: Runtime::default(),
            wanted: *wanted,
        }
    }

    fn load(&mut self) -> usize {
        match self.wanted {
            Wanted::Secrets(1) => self.total::<One>(),
            Wanted::Secrets(2) => self.total::<Two>(),
            Wanted::Secrets(10) => self.total::<Ten>(),
            Wanted::Secrets(20) => self.total::<Twenty>(),
            Wanted::Secrets(45) => self.total::<FortyFive>(),
            Wanted::Secrets(200) => self.total::<TwoHundred>(),
            Wanted::Json => self.total::<Json>(),
            Wanted::Secrets(count) => panic!("no struct has {count} secrets"),
        }
    }
}

impl Declared {
    fn total<T: FromSecrets + Total>(&self) -> usize {
        match self
            .runtime
            .wait(Loader::new().timeout(PATIENCE).load::<T>())
        {
            Ok(loaded) => loaded.total(),
            Err(error) => panic!("{error:#}"),
        }
    }
}
