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
        let centred = Centred::new(values);
        let (spread, shared) = (centred.spread(), centred.shared());
        let slope = if spread > 0.0 { shared / spread } else { 0.0 };
        let error = centred.points().map(|(x, y)| (y - slope * x).powi(2)).sum();
        Line { first: centred.mean - slope * centred.middle, slope, points: values.len(), error }
    }

    /// The rise from the first to the last point as a share of the line's first value.
    pub fn relative(&self) -> f64 {
        self.slope * self.points.saturating_sub(1) as f64 / self.first.abs()
    }

    /// Its values at the first and at the last point.
    pub fn ends(&self) -> (f64, f64) {
        (self.first, self.first + self.slope * self.points.saturating_sub(1) as f64)
    }

    /// What the line leaves unexplained.
    pub fn residuals(&self, values: &[f64]) -> Vec<f64> {
        values.iter().enumerate().map(|(i, v)| v - self.first - self.slope * i as f64).collect()
    }
}

/// What two parallel lines leave unexplained, one through the values before `at` and one through the others: a slow rise
/// with a jump.
pub fn about_parallels(values: &[f64], at: usize) -> Vec<f64> {
    let halves = values.split_at(at.min(values.len()));
    let (before, after) = (Centred::new(halves.0), Centred::new(halves.1));
    let spread = before.spread() + after.spread();
    let slope = if spread > 0.0 { (before.shared() + after.shared()) / spread } else { 0.0 };
    [before, after].iter().flat_map(|half| half.points().map(|(x, y)| y - slope * x)).collect()
}

/// Values and their positions, each about its mean.
struct Centred<'a> {
    values: &'a [f64],
    middle: f64,
    mean: f64,
}

impl Centred<'_> {
    fn new(values: &[f64]) -> Centred<'_> {
        let n = values.len().max(1) as f64;
        Centred { values, middle: (n - 1.0) / 2.0, mean: values.iter().sum::<f64>() / n }
    }

    fn points(&self) -> impl Iterator<Item = (f64, f64)> {
        self.values.iter().enumerate().map(|(i, v)| (i as f64 - self.middle, v - self.mean))
    }

    fn spread(&self) -> f64 {
        self.points().map(|(x, _)| x * x).sum()
    }

    fn shared(&self) -> f64 {
        self.points().map(|(x, y)| x * y).sum()
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
        assert!((line.ends().0 - 10.0).abs() < 1e-12 && (line.ends().1 - 16.0).abs() < 1e-12);
        assert!(line.residuals(&[10.0, 12.0, 15.0]).iter().zip([0.0, 0.0, 1.0]).all(|(got, want)| (got - want).abs() < 1e-12));
    }

    #[test]
    fn parallels_take_up_a_jump_on_a_slope() {
        let near = |got: Vec<f64>, want: &[f64]| got.iter().zip(want).all(|(got, want)| (got - want).abs() < 1e-12);
        assert!(near(about_parallels(&[1.0, 2.0, 3.0, 14.0, 15.0, 16.0], 3), &[0.0; 6]));
        assert!(near(about_parallels(&[1.0, 1.0, 5.0, 7.0], 2), &[0.5, -0.5, -0.5, 0.5]));
        assert!(near(about_parallels(&[1.0, 2.0], 9), &[0.0; 2]));
    }

    #[test]
    fn a_level_has_no_rise() {
        assert_eq!(Line::through(&[5.0]).relative(), 0.0);
        assert_eq!(Line::through(&[5.0, 7.0, 5.0]).relative(), 0.0);
    }
}
