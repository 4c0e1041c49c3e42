using System.Net;
using System.Net.Http.Headers;
using System.Runtime.ExceptionServices;

namespace ProviderAgent.Docker;

/// <summary>A tar on its way to the engine, chunk by chunk: never in memory as a whole.</summary>
internal sealed class UploadContent : HttpContent
{
    private const int ChunkBytes = 80 * 1024;

    private readonly Stream _source;

    /// <param name="source">Read once, to its end; not disposed.</param>
    public UploadContent(Stream source)
    {
        _source = source;
        Headers.ContentType = new MediaTypeHeaderValue("application/x-tar");
    }

    /// <summary>Called after each chunk, so that a long upload is limited by its progress and not by its length.</summary>
    public Action? Progressed { get; set; }

    /// <summary>The failure of the caller's own stream, which is none of the engine.</summary>
    public ExceptionDispatchInfo? SourceFault { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => CopyAsync(stream, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        CopyAsync(stream, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    private async Task CopyAsync(Stream target, CancellationToken cancellationToken)
    {
        var buffer = new byte[ChunkBytes];
        while (true)
        {
            int count;
            try
            {
                count = await _source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                SourceFault = ExceptionDispatchInfo.Capture(e);
                throw;
            }

            if (count == 0) return;
            await target.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            await target.FlushAsync(cancellationToken).ConfigureAwait(false); // a slow source must not look idle to the engine
            Progressed?.Invoke();
        }
    }
}
