//! Pictures and sounds that can be looked at and heard, made without a library.

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Width (a multiple of eight) and height of a chart, in pixels.
const SIZE: (usize, usize) = (320, 180);
/// Samples a second.
const RATE: u32 = 8000;

/// A PNG with one bar for each value, base64.
pub(super) fn chart(values: &[f64]) -> String {
    let (width, height) = SIZE;
    let most = values.iter().copied().fold(1e-9, f64::max);
    let slot = width as f64 / values.len().max(1) as f64;
    let is_bar = |x: usize, y: usize| {
        let at = (x as f64 / slot).floor();
        let within = x as f64 / slot - at;
        let value = values.get(at as usize).copied().unwrap_or_default().max(0.0);
        (0.15..0.85).contains(&within) && (height - y) as f64 <= value / most * (height as f64 - 12.0)
    };
    let mut lines = Vec::with_capacity((width / 8 + 1) * height);
    for y in 0..height {
        // Each line begins with its filter: none. Then one bit a pixel.
        lines.push(0);
        for byte in 0..width / 8 {
            lines.push((0..8).fold(0, |bits, bit| bits << 1 | u8::from(is_bar(byte * 8 + bit, y))));
        }
    }
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut head = Vec::new();
    head.extend_from_slice(&(width as u32).to_be_bytes());
    head.extend_from_slice(&(height as u32).to_be_bytes());
    // One bit, out of a palette.
    head.extend_from_slice(&[1, 3, 0, 0, 0]);
    chunk(&mut png, b"IHDR", &head);
    chunk(&mut png, b"PLTE", &[0xf4, 0xf5, 0xf7, 0x2f, 0x6f, 0xd0]);
    chunk(&mut png, b"IDAT", &stored(&lines));
    chunk(&mut png, b"IEND", &[]);
    STANDARD.encode(png)
}

/// A WAV with a short tone, base64.
pub(super) fn tone() -> String {
    let count = RATE / 3;
    let samples = (0..count).map(|sample| {
        let angle = f64::from(sample) / f64::from(RATE) * 440.0 * std::f64::consts::TAU;
        // Unsigned bytes around 128.
        (128.0 + angle.sin() * 60.0) as u8
    });
    let mut wav = b"RIFF".to_vec();
    wav.extend_from_slice(&(36 + count).to_le_bytes());
    wav.extend_from_slice(b"WAVEfmt ");
    wav.extend_from_slice(&16_u32.to_le_bytes());
    wav.extend_from_slice(&[1, 0, 1, 0]);
    wav.extend_from_slice(&RATE.to_le_bytes());
    wav.extend_from_slice(&RATE.to_le_bytes());
    wav.extend_from_slice(&[1, 0, 8, 0]);
    wav.extend_from_slice(b"data");
    wav.extend_from_slice(&count.to_le_bytes());
    wav.extend(samples);
    STANDARD.encode(wav)
}

fn chunk(png: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    png.extend_from_slice(&(data.len() as u32).to_be_bytes());
    png.extend_from_slice(kind);
    png.extend_from_slice(data);
    let crc = [&kind[..], data].concat().iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 },
        )
    });
    png.extend_from_slice(&(!crc).to_be_bytes());
}

/// A zlib stream that does not compress.
fn stored(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let mut blocks = data.chunks(0xffff).peekable();
    while let Some(block) = blocks.next() {
        let length = block.len() as u16;
        out.push(u8::from(blocks.peek().is_none()));
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&(!length).to_le_bytes());
        out.extend_from_slice(block);
    }
    let (low, high) = data.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    out.extend_from_slice(&((high << 16) | low).to_be_bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_the_known_ones() {
        let mut end = Vec::new();
        chunk(&mut end, b"IEND", &[]);
        assert_eq!(end, [0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82]);
        // Adler-32 of "Wikipedia".
        assert_eq!(stored(b"Wikipedia")[2 + 5 + 9..], [0x11, 0xe6, 0x03, 0x98]);
    }

    #[test]
    fn media_say_what_they_are() {
        let png = STANDARD.decode(chart(&[1.0, 3.0, 2.0])).unwrap();
        assert!(png.starts_with(b"\x89PNG") && png.ends_with(b"IEND\xae\x42\x60\x82"));
        let wav = STANDARD.decode(tone()).unwrap();
        assert_eq!((&wav[..4], &wav[8..12], wav.len()), (&b"RIFF"[..], &b"WAVE"[..], 44 + 2666));
    }
}
