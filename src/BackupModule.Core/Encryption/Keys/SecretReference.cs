using System;
using System.IO;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Encryption.Keys;

/// <summary>Says where a secret is found; stored in its stead.</summary>
public sealed record SecretReference
{
    private SecretReference(SecretScheme scheme, string target, string text)
    {
        Scheme = scheme;
        Target = target;
        Text = text;
    }

    /// <summary>The kind of place.</summary>
    public SecretScheme Scheme { get; }

    /// <summary>The place: a variable's name, an absolute path, a command line, or <c>VAULT/NAME</c>.</summary>
    public string Target { get; }

    /// <summary>The whole reference, as it is stored.</summary>
    public string Text { get; }

    /// <summary>Reads a reference.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: the text is no reference. The message does not repeat
    /// the text, which may be a password given by mistake.</exception>
    public static SecretReference Parse(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string target = text[(colon + 1)..];
        SecretReference reference = text[..Math.Max(colon, 0)] switch
        {
            "env" => new SecretReference(SecretScheme.Environment, target, text),
            "file" => new SecretReference(SecretScheme.File, target, text),
            "command" => new SecretReference(SecretScheme.Command, target, text),
            "vault" => new SecretReference(SecretScheme.Vault, target, text),
            _ => throw new BackupException(
                BackupErrorKind.InvalidArgument,
                "The text is not a secret reference.",
                "Give env:NAME, file:PATH, command:PROGRAM ARGS or vault:VAULT/NAME. "
                    + "A password itself must be given as a SecureString."),
        };
        if (reference.FindFault() is { } fault)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"The secret reference of the kind '{text[..colon]}:' is malformed.",
                fault);
        }

        return reference;
    }

    /// <summary>The whole reference, as it is stored.</summary>
    public override string ToString() => Text;

    /// <summary>The reference for messages: of a command just the program, since arguments may be private.</summary>
    internal string Describe() => Scheme == SecretScheme.Command && CommandLine.TrySplit(Target, out var parts)
        ? $"command:{parts[0]} …"
        : Text;

    private string? FindFault()
    {
        if (Target.AsSpan().Trim().IsEmpty || Target.Contains('\0', StringComparison.Ordinal))
        {
            return "Put the place of the secret behind the colon.";
        }

        switch (Scheme)
        {
            case SecretScheme.Environment:
                return Target.AsSpan().ContainsAny('=', ' ') ? "Give just the variable's name, as in env:NAME." : null;
            case SecretScheme.File:
                // A stored reference outlives the folder it was written in.
                return Path.IsPathFullyQualified(Target) ? null : "Give the file's full path.";
            case SecretScheme.Command:
                return CommandLine.TrySplit(Target, out _) ? null : "Close every quote of the command line.";
            default:
                int slash = Target.IndexOf('/', StringComparison.Ordinal);
                return slash > 0 && slash < Target.Length - 1 ? null : "Give vault:VAULT/NAME.";
        }
    }
}
