use std::fmt;

/// What else there is to say of how a recording was saved, beside what was proven of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// The service said that it had encoded the bytes, in this way that nobody registered (RFC 9110
    /// section 8.4.1): they were plain.
    UnregisteredCoding(String),
    /// It, or its name, was not flushed to the disk: the volume has no such thing.
    NotFlushed,
}

/// The audit record's words.
impl fmt::Display for Remark {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnregisteredCoding(coding) => {
                write!(formatter, "Content-Encoding {coding} passed over")
            }
            Self::NotFlushed => formatter.write_str("not flushed to the disk"),
        }
    }
}
