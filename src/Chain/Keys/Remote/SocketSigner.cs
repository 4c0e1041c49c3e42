using System.Net.Sockets;
using System.Text;
using ProviderAgent.Chain.Numbers;
using ProviderAgent.Chain.Rpc;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Keys.Remote;

/// <summary>Has another process sign, over a Unix socket: the key is not in this one. Safe for concurrent use.</summary>
/// <remarks>Each signature is a connection of its own, so the other side may be restarted at any time.</remarks>
public sealed class SocketSigner : ISigner
{
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(10);

    private readonly string _path;
    private readonly TimeProvider _time;

    private SocketSigner(string path, Secp256k1PublicKey key, TimeProvider time) => (_path, PublicKey, Address, _time) = (path, key, key.Address, time);

    public AccountAddress Address { get; }

    public Secp256k1PublicKey PublicKey { get; }

    /// <summary>Asks the other side whose key it has.</summary>
    /// <exception cref="KeyException">It does not answer, or with something that is no key.</exception>
    public static async Task<SocketSigner> ConnectAsync(string path, TimeProvider time, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(time);
        var answer = await AskAsync(path, SignerRequest.PublicKey, default, time, ct);
        return Secp256k1PublicKey.TryParse(answer, out var key) && key is not null
            ? new(path, key, time)
            : throw new KeyException($"what answers at {path} has no key of this chain");
    }

    public async ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> signBytes, CancellationToken ct)
    {
        var signature = await AskAsync(_path, SignerRequest.Sign, signBytes, _time, ct);
        return PublicKey.Verify(signBytes.Span, signature)
            ? signature
            : throw new KeyException($"the signer at {_path} has another key than at the start ({Address}): restart this program if that is wanted");
    }

    public override string ToString() => Address.Value;

    private static async Task<byte[]> AskAsync(string path, SignerRequest request, ReadOnlyMemory<byte> content, TimeProvider time, CancellationToken ct)
    {
        using var deadline = new Deadline(CallDeadline, time, ct);
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), deadline.Token);
            await SignerFrame.SendAsync(socket, (byte)request, content, deadline.Token);
            if (await SignerFrame.ReceiveAsync(socket, deadline.Token) is not { } answer) throw new KeyException($"the signer at {path} hung up", isTransient: true);
            return (SignerAnswer)answer.Kind == SignerAnswer.Done
                ? answer.Content
                : throw new KeyException($"the signer at {path} does not sign this: {WireText.Shorten(Encoding.UTF8.GetString(answer.Content))}");
        }
        catch (Exception e) when (e is SocketException or InvalidDataException or ArgumentException)
        {
            throw new KeyException($"the signer at {path} cannot be used: {e.Message}. Start it ('provider-agent keys serve', unit provider-agent-signer.socket) and let this user connect", e, isTransient: true);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new KeyException($"the signer at {path} did not answer within {CallDeadline.TotalSeconds:0} s", e, isTransient: true);
        }
    }
}
