//! A connection on which the head and the body of a small answer are one piece of memory when they are written.
//!
//! To the operating system several pieces are dearer than one, by more than it takes to copy what is small.
//! It does not know what is written.

use std::io::{IoSlice, Result};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Up to so many bytes are copied: a page of twenty small records with its head.
const SMALL: usize = 8 << 10;

/// It reads and writes what the connection in it does.
#[derive(Debug)]
pub(super) struct Joined<C>(pub(super) C);

impl<C: AsyncRead + Unpin> AsyncRead for Joined<C> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl<C: AsyncWrite + Unpin> AsyncWrite for Joined<C> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let connection = Pin::new(&mut self.0);
        let length = pieces.iter().map(|piece| piece.len()).sum::<usize>();
        if pieces.len() < 2 || length > SMALL {
            return connection.poll_write_vectored(context, pieces);
        }
        let mut joined = [MaybeUninit::uninit(); SMALL];
        let mut joined = ReadBuf::uninit(&mut joined);
        for piece in pieces {
            joined.put_slice(piece);
        }
        connection.poll_write(context, joined.filled())
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    /// The pieces that each write had, of which it takes so many bytes at most.
    struct Socket {
        takes: usize,
        writes: Vec<Vec<Vec<u8>>>,
    }

    impl Socket {
        fn write(&mut self, pieces: Vec<Vec<u8>>) -> Poll<Result<usize>> {
            let length = pieces.iter().map(Vec::len).sum::<usize>();
            self.writes.push(pieces);
            Poll::Ready(Ok(length.min(self.takes)))
        }
    }

    impl AsyncWrite for Socket {
        fn poll_write(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<Result<usize>> {
            self.write(vec![bytes.to_vec()])
        }

        fn poll_write_vectored(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            pieces: &[IoSlice<'_>],
        ) -> Poll<Result<usize>> {
            self.write(pieces.iter().map(|piece| piece.to_vec()).collect())
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    /// What the socket is given, and how much of it is said to be written.
    fn written(pieces: &[&[u8]], takes: usize) -> (Vec<Vec<Vec<u8>>>, usize) {
        let mut joined = Joined(Socket {
            takes,
            writes: Vec::new(),
        });
        let pieces: Vec<IoSlice<'_>> = pieces.iter().map(|piece| IoSlice::new(piece)).collect();
        let mut context = Context::from_waker(Waker::noop());
        let written = Pin::new(&mut joined).poll_write_vectored(&mut context, &pieces);
        let Poll::Ready(Ok(length)) = written else {
            panic!("{written:?}");
        };
        (joined.0.writes, length)
    }

    #[test]
    fn what_is_small_is_written_in_one_piece() {
        let (writes, length) = written(&[b"head", b"", b"body"], usize::MAX);
        assert_eq!(writes, [[b"headbody".to_vec()]]);
        assert_eq!(length, 8);
        let half = vec![1; SMALL / 2];
        let (writes, length) = written(&[&half, &half], usize::MAX);
        assert_eq!(writes, [[[half.clone(), half].concat()]]);
        assert_eq!(length, SMALL);
    }

    #[test]
    fn what_is_large_is_not_copied() {
        let pieces = [b"head".to_vec(), vec![1; SMALL]];
        let (writes, length) = written(&[&pieces[0], &pieces[1]], usize::MAX);
        assert_eq!(writes, [pieces]);
        assert_eq!(length, SMALL + 4);
    }

    #[test]
    fn as_much_is_said_to_be_written_as_the_socket_took() {
        let (_, length) = written(&[b"head", b"body"], 5);
        assert_eq!(length, 5);
    }
}
