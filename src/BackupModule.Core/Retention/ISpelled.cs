using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Retention;

/// <summary>A value that people write as a text, and that its <see cref="object.ToString"/> writes the same way.</summary>
/// <typeparam name="T">The value's own type.</typeparam>
internal interface ISpelled<T>
    where T : ISpelled<T>
{
    /// <summary>Reads the text.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>, with the place of the mistake.</exception>
    static abstract T Parse(string text);
}
