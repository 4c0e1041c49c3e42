using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using ProviderAgent.Chain.Rpc;

namespace ProviderAgent.Chain.Keys.Remote;

/// <summary>Signs for another process, which so never sees the key, what its policy lets pass.</summary>
/// <remarks>Who may connect is for the socket's file mode to say. A caller that is slow, silent or sends nonsense loses its connection and nothing else.</remarks>
public sealed partial class SignerServer(ISigner signer, SigningPolicy policy, TimeProvider time, ILogger<SignerServer> log)
{
    private const int MaxConnections = 16;

    // A caller asks once it knows what to sign; nobody needs longer for one question.
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(30);

    /// <summary>Serves until cancelled.</summary>
    /// <param name="listener">A socket that listens.</param>
    /// <param name="ct">Ends it.</param>
    public async Task RunAsync(Socket listener, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(listener);
        Log.Serving(log, signer.Address.Value, policy.MaxFee.ToString());
        using var room = new SemaphoreSlim(MaxConnections);
        var calls = new HashSet<Task>();
        try
        {
            while (true)
            {
                await room.WaitAsync(ct);
                var caller = await listener.AcceptAsync(ct);
                calls.RemoveWhere(call => call.IsCompleted);
                calls.Add(ServeAsync(caller, room, ct));
            }
        }
        finally
        {
            await Task.WhenAll(calls).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ServeAsync(Socket caller, SemaphoreSlim room, CancellationToken ct)
    {
        using (caller)
        {
            try
            {
                while (true)
                {
                    using var deadline = new Deadline(CallDeadline, time, ct);
                    if (await SignerFrame.ReceiveAsync(caller, deadline.Token) is not { } request) return;
                    var (answer, content) = await AnswerAsync(request, deadline.Token);
                    await SignerFrame.SendAsync(caller, (byte)answer, content, deadline.Token);
                }
            }
            catch (Exception e) when (e is SocketException or InvalidDataException or OperationCanceledException)
            {
                if (!ct.IsCancellationRequested) Log.CallerLost(log, e.Message);
            }
            finally
            {
                room.Release();
            }
        }
    }

    private async Task<(SignerAnswer Answer, byte[] Content)> AnswerAsync(SignerFrame request, CancellationToken ct)
    {
        switch ((SignerRequest)request.Kind)
        {
            case SignerRequest.PublicKey:
                return (SignerAnswer.Done, signer.PublicKey.Bytes.ToArray());
            case SignerRequest.Sign:
                if (policy.Check(request.Content, out var summary) is { } reason)
                {
                    Log.Refused(log, reason, summary);
                    return (SignerAnswer.Refused, Encoding.UTF8.GetBytes(reason));
                }

                var signature = await signer.SignAsync(request.Content, ct);
                Log.Signed(log, summary);
                return (SignerAnswer.Done, signature);
            default:
                return (SignerAnswer.Refused, Encoding.UTF8.GetBytes($"request {request.Kind} is unknown"));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1070, LogLevel.Information, "Signing for {Address} what a provider sends, with fees up to {MaxFee}", EventName = "SignerServing")]
        public static partial void Serving(ILogger logger, string address, string maxFee);

        [LoggerMessage(1071, LogLevel.Information, "Signed {Summary}", EventName = "SignerSigned")]
        public static partial void Signed(ILogger logger, string summary);

        [LoggerMessage(1072, LogLevel.Error, "Not signed, because {Reason}: {Summary}", EventName = "SignerRefused")]
        public static partial void Refused(ILogger logger, string reason, string summary);

        [LoggerMessage(1073, LogLevel.Debug, "A caller was let go: {Cause}", EventName = "SignerCallerLost")]
        public static partial void CallerLost(ILogger logger, string cause);
    }
}
