//! One macro for the closed sets that are at once JSON value, metric label, help key and (later) SQL CHECK.

/// Declares an enum whose every value has one name in the outside world and one line of help.
///
/// `ALL` lists the values in order, `name()` is the contract, `help()` the sentence a person reads.
#[macro_export]
macro_rules! closed_set {
    ($(#[$meta:meta])* $vis:vis enum $set:ident { $($value:ident = $name:literal, $help:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $vis enum $set { $(#[doc = $help] $value,)+ }

        impl $set {
            /// Every value, in the order of the table.
            pub const ALL: &'static [$set] = &[$($set::$value),+];

            /// The value's name in JSON, metrics and documents: stable.
            pub const fn name(self) -> &'static str {
                match self { $($set::$value => $name),+ }
            }

            /// One line that says what the value means.
            pub const fn help(self) -> &'static str {
                match self { $($set::$value => $help),+ }
            }

            /// The Chinese label, where the help has one before its dot.
            pub fn label(self) -> &'static str {
                self.help().split(" · ").next().unwrap_or_default()
            }

            /// The value of a name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.name() == name)
            }
        }

        impl serde::Serialize for $set {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }

        impl<'de> serde::Deserialize<'de> for $set {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let name = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                let unknown = || serde::de::Error::custom(format!("{name}: no value of {}", stringify!($set)));
                Self::from_name(&name).ok_or_else(unknown)
            }
        }

        impl std::fmt::Display for $set {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }
    };
}
