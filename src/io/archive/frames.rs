//! Zstandard as it is found in the wild: one frame behind another.

use super::{FrameDecoder, StreamingDecoder};
use std::io::{self, BufRead, BufReader, Read};
use std::mem;

/// What all frames unpack to, one after the other.
pub struct Frames<R: Read>(State<R>);

enum State<R: Read> {
    /// Before a frame, or behind the last; the decoder serves them all.
    Between(BufReader<R>, Box<FrameDecoder>),
    Within(StreamingDecoder<BufReader<R>, Box<FrameDecoder>>),
    Broken,
}

impl<R: Read> Frames<R> {
    /// The frames that `packed` holds.
    pub fn new(packed: R) -> Self {
        Frames(State::Between(BufReader::new(packed), Box::default()))
    }
}

impl<R: Read> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !buffer.is_empty() {
            self.0 = match mem::replace(&mut self.0, State::Broken) {
                State::Between(mut packed, decoder) => {
                    if packed.fill_buf()?.is_empty() {
                        self.0 = State::Between(packed, decoder);
                        break;
                    }
                    State::Within(StreamingDecoder::new_with_decoder(packed, decoder).map_err(io::Error::other)?)
                }
                State::Within(mut frame) => {
                    let n = frame.read(buffer)?;
                    if n > 0 {
                        self.0 = State::Within(frame);
                        return Ok(n);
                    }
                    let (packed, decoder) = frame.into_parts();
                    State::Between(packed, decoder)
                }
                State::Broken => return Err(io::Error::other("the frame is broken")),
            };
        }
        Ok(0)
    }
}
