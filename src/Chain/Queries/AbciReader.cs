using Google.Protobuf;
using Microsoft.Extensions.Options;
using ProviderAgent.Chain.Endpoints;
using ProviderAgent.Chain.Numbers;
using ProviderAgent.Chain.Rpc;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Queries;

/// <summary>Asks the chain's modules, on whichever endpoint answers, and never takes an answer that is older than what was already acted upon.</summary>
/// <remarks>Every failure but "not found" is a <see cref="MarketUnavailableException"/>.</remarks>
internal sealed class AbciReader(EndpointPool pool, IOptions<ChainOptions> options, TimeProvider time)
{
    // "Not found" of the SDK's own errors, which the modules' NOT_FOUND arrives as.
    private const uint NotFound = 22;

    // A node has a block slightly before its application has carried it out.
    private static readonly TimeSpan WaitForApplication = TimeSpan.FromMilliseconds(100);

    /// <summary>The answer, or null when the chain says that there is no such thing.</summary>
    public async Task<T?> FindAsync<T>(string path, IMessage request, MessageParser<T> parser, CancellationToken ct, Endpoint? only = null)
        where T : class, IMessage<T> =>
        (await FindAtAsync(path, request, parser, ct, only)).Answer;

    /// <summary>As <see cref="FindAsync"/>, with the block whose state the answer is about; 0 when the endpoint does not say.</summary>
    public async Task<(T? Answer, long Height)> FindAtAsync<T>(string path, IMessage request, MessageParser<T> parser, CancellationToken ct, Endpoint? only = null)
        where T : class, IMessage<T>
    {
        var data = request.ToByteArray();
        try
        {
            using var deadline = new Deadline(options.Value.QueryTimeout * 2, time, ct);
            while (true)
            {
                try
                {
                    return only is null
                        ? await pool.AskAsync((endpoint, stop) => AskAsync(endpoint, path, data, parser, stop), deadline.Token)
                        : await pool.AskOneAsync(only, (endpoint, stop) => AskAsync(endpoint, path, data, parser, stop), deadline.Token);
                }
                catch (EndpointException e) when (e.Fault == EndpointFault.Stale)
                {
                    await Task.Delay(WaitForApplication, time, deadline.Token);
                }
            }
        }
        catch (EndpointException e)
        {
            throw new MarketUnavailableException(e.Message, isTransient: e.Fault != EndpointFault.WrongNetwork, e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new MarketUnavailableException($"no endpoint answered {path} in time with a state not older than block {pool.Floor}", inner: e);
        }
    }

    /// <summary>The answer; that there is none is a failure too.</summary>
    public async Task<T> GetAsync<T>(string path, IMessage request, MessageParser<T> parser, CancellationToken ct)
        where T : class, IMessage<T> =>
        await FindAsync(path, request, parser, ct) ?? throw new MarketUnavailableException($"the chain has no answer to {path}");

    private async Task<(T? Answer, long Height)> AskAsync<T>(Endpoint endpoint, string path, byte[] data, MessageParser<T> parser, CancellationToken ct)
        where T : class, IMessage<T>
    {
        var floor = pool.Floor;
        var answer = await endpoint.Modules.AbciQueryAsync(path, data, ct);
        if (answer.Height > 0 && answer.Height < floor)
        {
            throw new EndpointException(EndpointFault.Stale, $"{endpoint} answers with the state of block {answer.Height}, older than {floor}");
        }

        if (answer.Code == NotFound) return (null, answer.Height);
        if (answer.Code != 0)
        {
            throw new EndpointException(EndpointFault.Refused, $"{endpoint} refused {path}: {WireText.Shorten(answer.Log)} ({answer.Codespace} {answer.Code})")
            {
                RpcData = answer.Log,
            };
        }

        try
        {
            return (parser.WithDiscardUnknownFields(true).ParseFrom(answer.Value), answer.Height);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new EndpointException(EndpointFault.Malformed, $"{endpoint} answered {path} with something unreadable: {e.Message}", e);
        }
    }
}
