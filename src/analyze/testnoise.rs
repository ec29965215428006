//! Noise for tests: a fixed linear congruential generator, so that every run sees the same.

/// Knuth's MMIX generator.
pub struct Noise(u64);

impl Noise {
    /// The sequence of one seed.
    pub fn new(seed: u64) -> Noise {
        Noise(seed)
    }

    /// A value from 0 to 1, without 1.
    pub fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A nearly standard normal value: the sum of twelve uniform ones.
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}
