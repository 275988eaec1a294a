use aws_lc_rs::rand;
use jiff::Timestamp;

use crate::domain::OperationId;

/// A new name for an operation.
pub fn new_operation() -> OperationId {
    let mut bytes = [0; 16];
    if rand::fill(&mut bytes).is_err() {
        // The name need only be new, and the time in nanoseconds is new on this computer.
        bytes = Timestamp::now().as_nanosecond().to_be_bytes();
    }
    OperationId::from_bytes(bytes)
}
