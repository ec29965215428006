//! Times as the writers of test reports spell them.

use crate::instant::Instant;

/// A duration that can be one.
pub(super) fn span(milliseconds: f64) -> Option<f64> {
    (0.0..1e18).contains(&milliseconds).then_some(milliseconds)
}

/// Milliseconds since 1970, if they are of this age.
pub(super) fn since_1970(milliseconds: f64) -> Option<Instant> {
    (1e11..1e14).contains(&milliseconds).then_some(Instant(milliseconds as i64))
}

/// `00:00:01.2500000`, hours, minutes and seconds, in milliseconds (.NET).
pub(super) fn clock(text: &str) -> Option<f64> {
    let mut parts = text.trim().split(':').map(str::parse::<f64>);
    let (Some(Ok(hours)), Some(Ok(minutes)), Some(Ok(seconds)), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return None;
    };
    span(((hours * 60.0 + minutes) * 60.0 + seconds) * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_or_left_out() {
        assert_eq!(clock("01:02:03.5000000"), Some(3_723_500.0));
        for text in ["", "1:2", "1:2:3:4", "x:y:z", "-1:00:00", "NaN:0:0"] {
            assert_eq!(clock(text), None, "{text}");
        }
        assert_eq!(since_1970(1.795e12), Some(Instant(1_795_000_000_000)));
        assert!([f64::NAN, 0.0, -1.0, 1e300].into_iter().all(|number| since_1970(number).is_none()));
    }
}
