//! A straight line through a series, for what rises slowly.

/// The least squares line through values at 0, 1, 2, ...
pub struct Line {
    first: f64,
    slope: f64,
    points: usize,
    /// The squared error about it.
    pub error: f64,
}

impl Line {
    /// Fits the line.
    pub fn through(values: &[f64]) -> Line {
        let points = values.len();
        let n = points.max(1) as f64;
        let (middle, mean) = ((n - 1.0) / 2.0, values.iter().sum::<f64>() / n);
        let about = || values.iter().enumerate().map(|(i, v)| (i as f64 - middle, v - mean));
        let spread: f64 = about().map(|(x, _)| x * x).sum();
        let shared: f64 = about().map(|(x, y)| x * y).sum();
        let slope = if spread > 0.0 { shared / spread } else { 0.0 };
        let error = about().map(|(x, y)| (y - slope * x).powi(2)).sum();
        Line { first: mean - slope * middle, slope, points, error }
    }

    /// The rise from the first to the last point as a share of the line's first value.
    pub fn relative(&self) -> f64 {
        self.slope * self.points.saturating_sub(1) as f64 / self.first.abs()
    }

    /// What the line leaves unexplained.
    pub fn residuals(&self, values: &[f64]) -> Vec<f64> {
        values.iter().enumerate().map(|(i, v)| v - self.first - self.slope * i as f64).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_fits_itself() {
        let line = Line::through(&[10.0, 12.0, 14.0, 16.0]);
        assert!(line.error < 1e-24);
        assert!((line.relative() - 0.6).abs() < 1e-12);
        assert!(line.residuals(&[10.0, 12.0, 15.0]).iter().zip([0.0, 0.0, 1.0]).all(|(got, want)| (got - want).abs() < 1e-12));
    }

    #[test]
    fn a_level_has_no_rise() {
        assert_eq!(Line::through(&[5.0]).relative(), 0.0);
        assert_eq!(Line::through(&[5.0, 7.0, 5.0]).relative(), 0.0);
    }
}
