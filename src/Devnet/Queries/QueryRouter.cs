using System.Collections.Frozen;
using Google.Protobuf;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Devnet.Errors;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Queries;

/// <summary>Answers module queries: a method path and a request in, a response out.</summary>
internal sealed class QueryRouter
{
    private readonly FrozenDictionary<string, Func<QueryContext, ReadOnlyMemory<byte>, IMessage>> _methods;

    public QueryRouter()
    {
        var methods = new Dictionary<string, Func<QueryContext, ReadOnlyMemory<byte>, IMessage>>(StringComparer.Ordinal);
        foreach (var (path, method) in (IEnumerable<QueryMethod>)
            [.. CosmosQueries.Methods, .. MarketQueries.Methods, .. DeploymentQueries.Methods, .. EscrowQueries.Methods, .. ProviderQueries.Methods, .. MoneyQueries.Methods])
        {
            methods.Add(path, method);
        }

        _methods = methods.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <exception cref="QueryException">The answer is an error.</exception>
    public IMessage Answer(QueryContext context, string path, ReadOnlyMemory<byte> request)
    {
        if (!_methods.TryGetValue(path, out var method)) throw QueryException.Of(SdkErrors.UnknownRequest, "unknown query path");
        try
        {
            return method(context, request);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw QueryException.Unknown(e.Message);
        }
    }
}

/// <summary>One method of a query service.</summary>
internal sealed record QueryMethod(string Path, Func<QueryContext, ReadOnlyMemory<byte>, IMessage> Method)
{
    public static QueryMethod Of<TRequest>(string path, MessageParser<TRequest> parser, Func<QueryContext, TRequest, IMessage> method)
        where TRequest : IMessage<TRequest> => new(path, (context, bytes) => method(context, parser.ParseFrom(bytes.Span)));

    /// <summary>A method whose request is empty.</summary>
    public static QueryMethod Of(string path, Func<QueryContext, IMessage> method) => new(path, (context, _) => method(context));

    /// <exception cref="QueryException">Not an address.</exception>
    public static AccountAddress Address(string text, string what) =>
        ChainAddress.TryParse(text, out var address) ? address : throw QueryException.InvalidArgument($"invalid {what} address");
}
