using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Execution;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Messages;

/// <summary>One kind of message: who signs it, when it is well-formed, what it does.</summary>
internal interface IMessageHandler
{
    /// <summary>A slash and the full name, as transactions write it.</summary>
    string TypeUrl { get; }

    MessageDescriptor Descriptor { get; }

    /// <summary>Module name for the plain event.</summary>
    string Module { get; }

    /// <exception cref="InvalidProtocolBufferException">The bytes are not such a message.</exception>
    IMessage Parse(ByteString value);

    /// <summary>Whose signature the message needs. Only for validated messages.</summary>
    AccountAddress SignerOf(IMessage message);

    /// <summary>Checks that need no state.</summary>
    /// <exception cref="TransactionException">The message is malformed.</exception>
    void Validate(IMessage message);

    /// <exception cref="TransactionException">The message is refused; nothing that it changed may be kept.</exception>
    void Execute(MessageContext context, IMessage message);

    /// <summary>What a successful execution answers; without content where the message did not say otherwise.</summary>
    Any Response { get; }
}

/// <inheritdoc cref="IMessageHandler"/>
internal abstract class MessageHandler<T>(MessageParser<T> parser, MessageDescriptor descriptor, string module) : IMessageHandler
    where T : IMessage<T>
{
    public string TypeUrl { get; } = $"/{descriptor.FullName}";

    public MessageDescriptor Descriptor => descriptor;

    public string Module => module;

    public Any Response => new() { TypeUrl = $"{TypeUrl}Response" };

    public IMessage Parse(ByteString value) => parser.ParseFrom(value);

    public AccountAddress SignerOf(IMessage message) => AccountAddress.Parse(SignerText((T)message));

    public void Validate(IMessage message) => Validate((T)message);

    public void Execute(MessageContext context, IMessage message) => Execute(context, (T)message);

    protected abstract string SignerText(T message);

    protected abstract void Validate(T message);

    protected abstract void Execute(MessageContext context, T message);
}
