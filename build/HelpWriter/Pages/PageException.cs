using System;

namespace BackupModule.HelpWriter.Pages;

/// <summary>A page that cannot be read; the message names the file.</summary>
internal sealed class PageException(string file, string message) : Exception($"{file}: {message}");
