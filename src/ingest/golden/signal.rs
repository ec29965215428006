//! Signs that answers were not made by the system they are said to be of.

/// Words by which a stand-in for a model gives itself away.
const STAND_INS: [&str; 7] = ["echo", "mock", "mockllm", "fake", "stub", "dummy", "hardcoded"];

/// Words in the names of providers that run on the machine itself and may count no tokens.
const LOCAL: [&str; 9] = ["local", "ollama", "llamacpp", "llama.cpp", "vllm", "lmstudio", "mlx", "onnx", "transformers"];

/// No answer that went over a network took less, in milliseconds.
pub const INSTANTLY: f64 = 5.0;

/// The word in `name` that tells of a stand-in.
pub fn stand_in(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    words.find_map(|word| STAND_INS.into_iter().find(|stand_in| *stand_in == word))
}

/// Whether a provider runs where no network is.
pub fn is_local(provider: &str) -> bool {
    let provider = provider.to_ascii_lowercase();
    LOCAL.iter().any(|word| provider.contains(word))
}

/// How often something odd was seen, and in which line first.
#[derive(Default)]
pub struct Sign {
    /// How often.
    pub n: u64,
    /// From 1.
    pub line: u64,
}

impl Sign {
    /// Counts one more.
    pub fn see(&mut self, line: u64) {
        self.n += 1;
        self.line = if self.n == 1 { line } else { self.line };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_give_a_stand_in_away() {
        assert_eq!(stand_in("mockllm/model"), Some("mockllm"));
        assert_eq!(stand_in("Mock-Echo"), Some("mock"));
        assert_eq!(stand_in("my_stub"), Some("stub"));
        assert_eq!(stand_in("anthropic"), None);
        assert_eq!(stand_in("mockingbird"), None);
        assert!(is_local("Ollama") && is_local("local-gguf") && !is_local("openai"));
    }
}
